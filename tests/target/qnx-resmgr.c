/* SPDX-License-Identifier: Apache-2.0 */
/* qnx-resmgr.c - a resource manager as a QNX developer writes one: nothing of Skink's own in it.
 * Serves /dev/sample: a text that can be read, replaced, and asked for its length. */
#include <devctl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/dispatch.h>
#include <sys/iofunc.h>
#include <sys/neutrino.h>
#include <sys/stat.h>

#define DCMD_SAMPLE_LENGTH __DIOF(_DCMD_MISC, 1, int)
#define SAMPLE_PULSE       5

static char text[64] = "a sample\n";
static resmgr_connect_funcs_t connect_funcs;
static resmgr_io_funcs_t io_funcs;
static iofunc_attr_t attr;
static int self, pulses;

static int
sample_read(resmgr_context_t *ctp, io_read_t *msg, RESMGR_OCB_T *ocb)
{
	size_t left, n;
	int status;

	if ((status = iofunc_read_verify(ctp, msg, ocb, NULL)) != EOK)
		return status;
	if ((msg->i.xtype & _IO_XTYPE_MASK) != _IO_XTYPE_NONE)
		return ENOSYS;
	left = ocb->offset < ocb->attr->nbytes ? ocb->attr->nbytes - ocb->offset : 0;
	n = _IO_READ_GET_NBYTES(msg) < left ? _IO_READ_GET_NBYTES(msg) : left;
	_IO_SET_READ_NBYTES(ctp, (long)n);
	if (n == 0)
		return _RESMGR_NPARTS(0);
	SETIOV(ctp->iov, text + ocb->offset, n);
	ocb->offset += n;
	ocb->attr->flags |= IOFUNC_ATTR_ATIME;
	return _RESMGR_NPARTS(1);
}

static int
sample_write(resmgr_context_t *ctp, io_write_t *msg, RESMGR_OCB_T *ocb)
{
	size_t n = _IO_WRITE_GET_NBYTES(msg);
	int status;

	if ((status = iofunc_write_verify(ctp, msg, ocb, NULL)) != EOK)
		return status;
	if (n > sizeof(text))
		return ENOSPC;
	if (resmgr_msgread(ctp, text, n, sizeof(msg->i)) != (long)n)
		return errno;
	ocb->attr->nbytes = n;
	ocb->attr->flags |= IOFUNC_ATTR_MTIME | IOFUNC_ATTR_CTIME;
	_IO_SET_WRITE_NBYTES(ctp, (long)n);
	MsgSendPulse(self, -1, SAMPLE_PULSE, 0);
	return _RESMGR_NPARTS(0);
}

static int
sample_devctl(resmgr_context_t *ctp, io_devctl_t *msg, RESMGR_OCB_T *ocb)
{
	int status = iofunc_devctl_default(ctp, msg, ocb);

	if (status != _RESMGR_DEFAULT)
		return status;
	if (msg->i.dcmd != DCMD_SAMPLE_LENGTH)
		return ENOSYS;
	*(int *)_DEVCTL_DATA(msg->i) = (int)attr.nbytes + 1000 * pulses;
	memset(&msg->o, 0, sizeof(msg->o));
	msg->o.nbytes = sizeof(int);
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o) + sizeof(int));
}

static int
on_pulse(message_context_t *ctp, int code, unsigned flags, void *handle)
{
	(void)ctp;
	(void)flags;
	pulses += code == SAMPLE_PULSE && handle == &attr;
	return 0;
}

static int
client(void)
{
	int fd = open("/dev/sample", O_RDWR), length = 0, error;
	struct _io_statvfs st;

	error = devctl(fd, (int)DCMD_SAMPLE_LENGTH, &length, sizeof(length), NULL);
	printf("length %d error %d\n", length, error);
	error = devctl(fd, (int)DCMD_FSYS_STATVFS, &st, sizeof(st), NULL);
	printf("other command: error %d\n", error);
	return 0;
}

int
main(int argc, char **argv)
{
	resmgr_attr_t resmgr_attr;
	dispatch_context_t *ctp;
	dispatch_t *dpp;

	if (argc > 1 && strcmp(argv[1], "client") == 0)
		return client();
	if ((dpp = dispatch_create()) == NULL) {
		perror("dispatch_create");
		return EXIT_FAILURE;
	}
	memset(&resmgr_attr, 0, sizeof(resmgr_attr));
	resmgr_attr.nparts_max = 1;
	resmgr_attr.msg_max_size = 2048;
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &connect_funcs, _RESMGR_IO_NFUNCS, &io_funcs);
	io_funcs.read = sample_read;
	io_funcs.write = sample_write;
	io_funcs.devctl = sample_devctl;
	iofunc_attr_init(&attr, S_IFNAM | 0666, NULL, NULL);
	attr.nbytes = strlen(text);
	if (resmgr_attach(dpp, &resmgr_attr, "/dev/sample", _FTYPE_ANY, 0, &connect_funcs,
		&io_funcs, &attr) == -1) {
		perror("resmgr_attach");
		return EXIT_FAILURE;
	}
	if (pulse_attach(dpp, 0, SAMPLE_PULSE, on_pulse, &attr) == -1)
		return EXIT_FAILURE;
	self = message_connect(dpp, 0);
	ctp = dispatch_context_alloc(dpp);
	while ((ctp = dispatch_block(ctp)) != NULL)
		dispatch_handler(ctp);
	return EXIT_FAILURE;
}
