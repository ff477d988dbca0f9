// SHA-256 in parts, kept where the caller likes and at the speed of the processor's own instructions,
// is only to be had through functions that version 3 calls deprecated and keeps.
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/sha.h>
