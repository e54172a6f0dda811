/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - thread-specific data. A thread's values are allocated when it sets its first one; each
 * value carries its key's generation, so a key made anew starts out with NULL everywhere. */
#include "../glue.h"

#include <stdlib.h>

struct key {
	void (*destructor)(void *);
	uint32_t generation; /* odd: the key exists */
};

struct value {
	void *value;
	uint32_t generation;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct key keys[PTHREAD_KEYS_MAX]; /* written under lock */

static uint32_t
generation_of(pthread_key_t key)
{
	return key < PTHREAD_KEYS_MAX ? __atomic_load_n(&keys[key].generation, __ATOMIC_ACQUIRE)
				      : 0;
}

int
pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	int error = EAGAIN;

	glue_lock(&lock);
	for (pthread_key_t i = 0; i < PTHREAD_KEYS_MAX; i++)
		if (keys[i].generation % 2 == 0) {
			keys[i].destructor = destructor;
			__atomic_store_n(
			    &keys[i].generation, keys[i].generation + 1, __ATOMIC_RELEASE);
			*key = i;
			error = 0;
			break;
		}
	pthread_mutex_unlock(&lock);
	return error;
}

int
pthread_key_delete(pthread_key_t key)
{
	int error = EINVAL;

	glue_lock(&lock);
	if (generation_of(key) % 2 == 1) {
		__atomic_store_n(&keys[key].generation, keys[key].generation + 1, __ATOMIC_RELEASE);
		error = 0;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

int
pthread_setspecific(pthread_key_t key, const void *value)
{
	uint32_t generation = generation_of(key);

	if (generation % 2 == 0)
		return EINVAL;
	if (glue_self.values == NULL) {
		glue_self.values = calloc(PTHREAD_KEYS_MAX, sizeof(struct value));
		if (glue_self.values == NULL)
			return ENOMEM;
	}
	glue_self.values[key] = (struct value){(void *)value, generation};
	return 0;
}

void *
pthread_getspecific(pthread_key_t key)
{
	if (glue_self.values == NULL || key >= PTHREAD_KEYS_MAX ||
	    glue_self.values[key].generation != generation_of(key))
		return NULL;
	return glue_self.values[key].value;
}

/* Did any destructor run? */
static bool
destroy_round(void)
{
	bool ran = false;

	for (pthread_key_t i = 0; i < PTHREAD_KEYS_MAX; i++) {
		void *value = pthread_getspecific(i);

		if (value == NULL || keys[i].destructor == NULL)
			continue;
		glue_self.values[i].value = NULL;
		keys[i].destructor(value);
		ran = true;
	}
	return ran;
}

void
glue_keys_destroy(void)
{
	if (glue_self.values == NULL)
		return;
	for (int i = 0; i < PTHREAD_DESTRUCTOR_ITERATIONS && destroy_round(); i++)
		;
	free(glue_self.values);
	glue_self.values = NULL;
}
