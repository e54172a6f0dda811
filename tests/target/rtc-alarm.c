/* SPDX-License-Identifier: Apache-2.0 */
/* rtc-alarm.c - arms the clock's alarm 20 ms ahead and waits for it: prints how many microseconds
 * after its time the driver saw it. Needs `interrupts = true` for the clock in the manifest. */
#include <devctl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <skink/rtc.h>

int
main(void)
{
	int fd = open("/dev/rtc", O_RDWR), error;
	uint64_t due, rang;

	error = fd < 0 ? 1 : devctl(fd, (int)DCMD_RTC_GET, &due, sizeof(due), NULL);
	due += 20000000;
	if (error == 0)
		error = devctl(fd, (int)DCMD_RTC_ALARM, &due, sizeof(due), NULL);
	if (error == 0)
		error = devctl(fd, (int)DCMD_RTC_WAIT, &rang, sizeof(rang), NULL);
	if (error != 0 || rang < due) {
		printf("rtc-alarm: error %d\n", error);
		return 1;
	}
	printf("rang %" PRIu64 " us late\n", (rang - due) / 1000);
	return 0;
}
