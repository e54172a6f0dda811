/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print.c - the parser's inverse. Owns nothing; never changes the tree.
 */
#include "print.h"

#include <string.h>

#include "parser.h"

struct printer {
	struct strbuf *out;
	struct strbuf bodies;
};

static void print_list(struct printer *p, const struct node *list);
static void print_command(struct printer *p, const struct node *n);
static void print_word(struct strbuf *out, const struct word *w);

void
print_quoted(struct strbuf *out, const char *s)
{
	strbuf_putc(out, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			strbuf_puts(out, "'\\''");
		else
			strbuf_putc(out, *s);
	}
	strbuf_putc(out, '\'');
}

void
print_readable(struct strbuf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%^";

	if (s[0] != '\0' && strspn(s, plain) == strlen(s))
		strbuf_puts(out, s);
	else
		print_quoted(out, s);
}

/* Text inside double quotes: `extra` needs a backslash besides the usual ones. */
static void
print_escaped(struct strbuf *out, const char *s, const char *special)
{
	for (; *s != '\0'; s++) {
		if (strchr(special, *s) != NULL)
			strbuf_putc(out, '\\');
		strbuf_putc(out, *s);
	}
}

static void print_substitution(struct strbuf *out, const struct part *p);

/* An operand that is read in quotes as a whole. */
static void
print_quoted_operand(struct strbuf *out, const struct word *w, const char *special)
{
	for (const struct part *p = w->parts; p != NULL; p = p->next) {
		if (p->kind == PART_TEXT)
			print_escaped(out, p->text, special);
		else
			print_substitution(out, p);
	}
}

static void
print_param(struct strbuf *out, const struct part *p)
{
	static const char *const ops[] = {
	    [PARAM_DEFAULT] = "-",
	    [PARAM_ASSIGN] = "=",
	    [PARAM_ERROR] = "?",
	    [PARAM_ALTERNATIVE] = "+",
	    [PARAM_PREFIX] = "#",
	    [PARAM_PREFIX_LONG] = "##",
	    [PARAM_SUFFIX] = "%",
	    [PARAM_SUFFIX_LONG] = "%%",
	};

	strbuf_puts(out, p->op == PARAM_LENGTH ? "${#" : "${");
	strbuf_puts(out, p->text);
	if (p->op != PARAM_PLAIN && p->op != PARAM_LENGTH) {
		if (p->colon)
			strbuf_putc(out, ':');
		strbuf_puts(out, ops[p->op]);
		if (p->quoted && p->op < PARAM_LENGTH)
			print_quoted_operand(out, p->word, "$`\"\\}");
		else
			print_word(out, p->word);
	}
	strbuf_putc(out, '}');
}

static void
print_substitution(struct strbuf *out, const struct part *p)
{
	switch (p->kind) {
	case PART_PARAM:
		print_param(out, p);
		break;
	case PART_COMMAND:
		/* The blank keeps $( ( from becoming arithmetic. */
		strbuf_puts(out, p->text[0] == '(' ? "$( " : "$(");
		strbuf_puts(out, p->text);
		strbuf_putc(out, ')');
		break;
	default:
		strbuf_puts(out, "$((");
		print_quoted_operand(out, p->word, "$`\"\\");
		strbuf_puts(out, "))");
		break;
	}
}

/* A lone dollar must not meet that of a substitution. */
static void
print_plain(struct strbuf *out, const struct part *p)
{
	size_t len = strlen(p->text);
	bool meets = len > 0 && p->text[len - 1] == '$' && p->next != NULL &&
	    p->next->kind != PART_TEXT && !p->next->quoted;

	strbuf_put(out, p->text, meets ? len - 1 : len);
	if (meets)
		strbuf_puts(out, "'$'");
}

static void
print_word(struct strbuf *out, const struct word *w)
{
	for (const struct part *p = w->parts; p != NULL; p = p->next) {
		if (p->kind == PART_TEXT && p->quoted) {
			print_quoted(out, p->text);
		} else if (p->kind == PART_TEXT) {
			print_plain(out, p);
		} else if (p->quoted) {
			strbuf_putc(out, '"');
			print_substitution(out, p);
			strbuf_putc(out, '"');
		} else {
			print_substitution(out, p);
		}
	}
}

static void
print_newline(struct printer *p)
{
	strbuf_putc(p->out, '\n');
	strbuf_put(p->out, p->bodies.data, p->bodies.len);
	p->bodies.len = 0;
}

static void
print_redirs(struct printer *p, const struct redir *r)
{
	static const char *const ops[] = {
	    [REDIR_IN] = "<",
	    [REDIR_OUT] = ">",
	    [REDIR_APPEND] = ">>",
	    [REDIR_CLOBBER] = ">|",
	    [REDIR_READWRITE] = "<>",
	    [REDIR_DUP_IN] = "<&",
	    [REDIR_DUP_OUT] = ">&",
	    [REDIR_BOTH] = "&>",
	    [REDIR_HERE] = "<<",
	};

	for (; r != NULL; r = r->next) {
		strbuf_putc(p->out, ' ');
		if (r->op != REDIR_BOTH)
			strbuf_printf(p->out, "%d", r->fd);
		strbuf_puts(p->out, ops[r->op]);
		if (r->op != REDIR_HERE) {
			strbuf_putc(p->out, ' ');
			print_word(p->out, r->word);
			continue;
		}
		if (r->literal)
			print_quoted(p->out, r->delim);
		else
			strbuf_puts(p->out, r->delim);
		strbuf_puts(&p->bodies, r->raw);
		strbuf_puts(&p->bodies, r->delim);
		strbuf_putc(&p->bodies, '\n');
	}
}

static void
print_words(struct printer *p, const struct word *w)
{
	for (; w != NULL; w = w->next) {
		strbuf_putc(p->out, ' ');
		print_word(p->out, w);
	}
}

/* "then", the body, and a newline: whatever comes next starts its own line. */
static void
print_section(struct printer *p, const char *keyword, const struct node *body)
{
	strbuf_puts(p->out, keyword);
	print_newline(p);
	print_list(p, body);
}

static void
print_case(struct printer *p, const struct node *n)
{
	strbuf_puts(p->out, "case");
	print_words(p, n->words);
	strbuf_puts(p->out, " in");
	print_newline(p);
	for (const struct case_item *i = n->items; i != NULL; i = i->next) {
		strbuf_putc(p->out, '(');
		for (const struct word *w = i->patterns; w != NULL; w = w->next) {
			print_word(p->out, w);
			strbuf_puts(p->out, w->next != NULL ? " | " : ")");
		}
		print_newline(p);
		if (i->body != NULL)
			print_list(p, i->body);
		strbuf_puts(p->out, ";;");
		print_newline(p);
	}
	strbuf_puts(p->out, "esac");
}

static void
print_if(struct printer *p, const struct node *n)
{
	print_section(p, "if", n->first);
	print_section(p, "then", n->second);
	if (n->third != NULL) {
		strbuf_puts(p->out, "else");
		print_newline(p);
		/* An elif is a bare if node in this place. */
		if (n->third->kind == NODE_IF) {
			print_if(p, n->third);
			print_newline(p);
		} else {
			print_list(p, n->third);
		}
	}
	strbuf_puts(p->out, "fi");
}

static void
print_for(struct printer *p, const struct node *n)
{
	strbuf_printf(p->out, "for %s", n->name);
	if (n->has_in) {
		strbuf_puts(p->out, " in");
		print_words(p, n->words);
	}
	print_newline(p);
	print_section(p, "do", n->first);
	strbuf_puts(p->out, "done");
}

static void
print_pipe(struct printer *p, const struct node *n)
{
	if (n->negate)
		strbuf_puts(p->out, "! ");
	for (const struct node *c = n->first; c != NULL; c = c->next) {
		print_command(p, c);
		if (c->next != NULL)
			strbuf_puts(p->out, " | ");
	}
}

/* Behind a redirection a command may be named like a reserved word; printed, it comes first. */
static void
print_first_word(struct strbuf *out, const struct word *w)
{
	const char *text = word_literal(w);

	if (text != NULL && parser_is_reserved(text))
		print_quoted(out, text);
	else
		print_word(out, w);
}

static void
print_command(struct printer *p, const struct node *n)
{
	switch (n->kind) {
	case NODE_SIMPLE:
		for (const struct word *w = n->assigns; w != NULL; w = w->next) {
			print_word(p->out, w);
			strbuf_putc(p->out, ' ');
		}
		if (n->words != NULL)
			print_first_word(p->out, n->words);
		if (n->words != NULL)
			print_words(p, n->words->next);
		break;
	case NODE_PIPE:
		print_pipe(p, n);
		return;
	case NODE_AND:
	case NODE_OR:
		print_command(p, n->first);
		strbuf_puts(p->out, n->kind == NODE_AND ? " && " : " || ");
		print_command(p, n->second);
		return;
	case NODE_LIST:
		print_list(p, n);
		return;
	case NODE_BRACE:
		print_section(p, "{", n->first);
		strbuf_putc(p->out, '}');
		break;
	case NODE_SUBSHELL:
		print_section(p, "(", n->first);
		strbuf_putc(p->out, ')');
		break;
	case NODE_IF:
		print_if(p, n);
		break;
	case NODE_WHILE:
	case NODE_UNTIL:
		print_section(p, n->kind == NODE_WHILE ? "while" : "until", n->first);
		print_section(p, "do", n->second);
		strbuf_puts(p->out, "done");
		break;
	case NODE_FOR:
		print_for(p, n);
		break;
	case NODE_CASE:
		print_case(p, n);
		break;
	case NODE_FUNCTION:
		strbuf_printf(p->out, "%s() ", n->name);
		print_command(p, n->first);
		return;
	}
	print_redirs(p, n->redirs);
}

static void
print_list(struct printer *p, const struct node *list)
{
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		print_command(p, n);
		if (n->background)
			strbuf_puts(p->out, " &");
		print_newline(p);
	}
}

void
print_node(struct strbuf *out, const struct node *n)
{
	struct printer p = {.out = out};

	print_command(&p, n);
	/* A list ends its last line itself. */
	if (n->kind != NODE_LIST)
		print_newline(&p);
	strbuf_free(&p.bodies);
}
