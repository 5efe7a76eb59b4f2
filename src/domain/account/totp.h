/* Time-based one-time passwords, RFC 6238, and the HMAC of RFC 2104 under them. For this folder and its
 * tests. */
#ifndef DOMAIN_ACCOUNT_TOTP_H
#define DOMAIN_ACCOUNT_TOTP_H
#include "base/text.h"

#define TOTP_STEP 30 /* seconds */
#define TOTP_DIGITS 6
#define TOTP_DIGITS_MAX 9
#define TOTP_KEY_SIZE 20 /* bytes; RFC 4226 section 4 wants no fewer than 16 */

enum totp_hash { TOTP_SHA1, TOTP_SHA256, TOTP_SHA512 };
/* The code of a step (seconds since 1970 / TOTP_STEP), as `digits` digits and NUL. Authenticators know SHA-1.
 */
void totp_code(enum totp_hash hash, struct text key, uint64_t step, int digits,
               char out[TOTP_DIGITS_MAX + 1]);
/* Whether `code` is that of the step at `now_ms`, or of the one before or behind it, because clocks differ;
 * then *step_out. Takes as long for every wrong code. Steps up to `used` count no more. */
bool totp_matches(struct text key, struct text code, int64_t now_ms, int64_t used, int64_t *step_out);
/* RFC 4648 base32 without padding, as authenticators take a key; `out` holds TOTP_KEY_SIZE / 5 * 8 + 1. */
void totp_base32(struct text key, char *out);

#endif
