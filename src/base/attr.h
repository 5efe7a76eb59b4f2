/* The few compiler attributes that the headers use. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
