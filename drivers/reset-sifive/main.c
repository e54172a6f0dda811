/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reset-sifive - power-off and reset by the SiFive test finisher.
 *
 *	reset [DEVICE] PATH
 *
 * Writing "poweroff", "poweroff STATUS" (0..65535) or "reboot" to PATH does it: the write does not
 * return. The writer needs the REBOOT ability (EPERM); other text is EINVAL.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skink/abilities.h>
#include <skink/driver.h>

enum { PASS = 0x5555, FAIL = 0x3333, RESET = 0x7777 };

static struct driver_device device;
static iofunc_attr_t attr;
static resmgr_connect_funcs_t connect_funcs;
static resmgr_io_funcs_t io_funcs;

/* What the finisher is told, or 0: not a command. */
static uint32_t
parse(const char *text)
{
	static const char poweroff[] = "poweroff";
	unsigned long status;
	char *end;

	if (strcmp(text, "reboot") == 0)
		return RESET;
	if (strncmp(text, poweroff, sizeof(poweroff) - 1) != 0)
		return 0;
	text += sizeof(poweroff) - 1;
	if (*text == '\0')
		return PASS;
	status = strtoul(text, &end, 10);
	if (*text != ' ' || end == text + 1 || *end != '\0' || status > UINT16_MAX)
		return 0;
	return status == 0 ? PASS : (uint32_t)status << 16 | FAIL;
}

static int
reset_write(resmgr_context_t *ctp, io_write_t *msg, RESMGR_OCB_T *ocb)
{
	struct _client_info info;
	char text[32];
	uint32_t value;
	long n;
	int error = iofunc_write_verify(ctp, msg, ocb, NULL);

	if (error != EOK)
		return error;
	if (iofunc_client_info(ctp, 0, &info) != EOK || !(info.abilities & SKINK_AB_REBOOT))
		return EPERM;
	n = resmgr_write_data(ctp, msg, text, sizeof(text) - 1, 0);
	if (n < 0 || (uint32_t)n < msg->i.nbytes)
		return EINVAL;
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	text[n] = '\0';
	value = parse(text);
	if (value == 0)
		return EINVAL;
	reg_write32(&device, 0, value);
	return EIO; /* it did not work, or we would not be here */
}

static int
init(struct server_context *sc, enum server_start start)
{
	int error = driver_device(0, &device);

	(void)start;
	if (error != 0) {
		server_log("no device: error=%d", error);
		return error;
	}
	if (sc->argc < 2)
		return EINVAL;
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &connect_funcs, _RESMGR_IO_NFUNCS, &io_funcs);
	io_funcs.write = reset_write;
	iofunc_attr_init(&attr, _IO_S_IFCHR | 0666, NULL, NULL);
	if (resmgr_attach(sc->dpp, NULL, sc->argv[sc->argc - 1], _FTYPE_ANY, 0, &connect_funcs,
		&io_funcs, &attr) < 0)
		return errno;
	return 0;
}

static const struct server server = {
    .name = "reset",
    .layout = 1,
    .open_max = 8,
    .deferred_max = 1,
    .init = init,
};

int
main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
