/* Answers on their way out. For the network's files. */
#ifndef API_SEND_H
#define API_SEND_H
#include "api/server_parts.h"

/* Hands the answer of a visit to the library. */
enum MHD_Result send_answer(struct visit *v);
/* The file of the pages that the address names, or the first page. */
enum MHD_Result send_page(struct visit *v);
/* The request has ended, whichever way: counts, writes the log's line, frees. */
void send_done(struct visit *v);

#endif
