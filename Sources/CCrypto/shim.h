// OpenSSL's libcrypto, for its digests alone.
#pragma once
#include <openssl/evp.h>
