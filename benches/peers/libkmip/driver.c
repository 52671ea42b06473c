/* libkmip (OpenKMIP) beside kmip-client: the driver for `compare`. Build it with ./build; benches/README.md has the protocol. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <openssl/ssl.h>
#include "kmip.h"
#include "kmip_bio.h"

static char line[33 << 20], word[16], host[256], port[16], folder[4096], id[256];
static unsigned char message[16 << 20], encoded[16 << 20];
static size_t size, encoded_size, count;
static long long start;

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Decodes the message `decodes` times, and each time encodes what it gave `encodes` times. Returns libkmip's status. */
static int convert(long decodes, long encodes) {
    int is_request = message[2] == 0x78, status = KMIP_OK;
    for (; decodes > 0 && status == KMIP_OK; decodes--) {
        KMIP context = {0};
        RequestMessage request = {0};
        ResponseMessage response = {0};
        kmip_init(&context, message, size, KMIP_1_4);
        status = is_request ? kmip_decode_request_message(&context, &request) : kmip_decode_response_message(&context, &response);
        count = is_request ? request.batch_count : response.batch_count;
        if (encodes) start = now();
        for (long i = 0; i < encodes && status == KMIP_OK; i++) {
            kmip_set_buffer(&context, encoded, sizeof encoded);
            status = is_request ? kmip_encode_request_message(&context, &request) : kmip_encode_response_message(&context, &response);
            count = encoded_size = context.index - context.buffer;
        }
        is_request ? kmip_free_request_message(&context, &request) : kmip_free_response_message(&context, &response);
        kmip_set_buffer(&context, NULL, 0);
        kmip_destroy(&context);
    }
    return status;
}

static BIO *connect_to(void) {
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (chdir(folder) || SSL_CTX_use_certificate_chain_file(tls, "client.pem") != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, "client.key", SSL_FILETYPE_PEM) != 1 || SSL_CTX_load_verify_locations(tls, "ca.pem", NULL) != 1) return NULL;
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    BIO *bio = BIO_new_ssl_connect(tls);
    BIO_set_conn_hostname(bio, host);
    BIO_set_conn_port(bio, port);
    return BIO_do_connect(bio) == 1 ? bio : NULL;
}

int main(void) {
    for (BIO *bio = NULL; fgets(line, sizeof line, stdin); fflush(stdout)) {
        int status = KMIP_OK, length = 0;
        long times = 0;
        char *key = NULL, pair[3] = "";
        sscanf(line, "%15s %ld %255s", word, &times, id);
        count = 0;
        start = now();
        if (!strcmp(word, "hello")) {
            puts("{\"protocol\": 2, \"name\": \"libkmip\", \"version\": \"" VERSION "\"}");
            continue;
        } else if (!strcmp(word, "bytes")) {
            printf("{\"hex\": \"");
            for (size_t i = 0; i < encoded_size; i++) printf("%02x", encoded[i]);
            puts("\"}");
            continue;
        } else if (!strcmp(word, "message")) {
            for (size = 0; isxdigit(line[8 + 2 * size]); size++) message[size] = strtoul(memcpy(pair, line + 8 + 2 * size, 2), NULL, 16);
        } else if (!strcmp(word, "decode") || !strcmp(word, "encode")) {
            status = *word == 'd' ? convert(times, 0) : convert(1, times);
        } else if (!strcmp(word, "connect") && sscanf(line, "%*s %255s %15s %4095[^\n]", host, port, folder) == 3) {
            status = (bio = connect_to()) ? KMIP_OK : KMIP_IO_FAILURE;
        } else if (!strcmp(word, "get")) {
            for (; times > 0 && status == KMIP_OK; times--, free(key)) status = kmip_bio_get_symmetric_key(bio, id, strlen(id), &key, &length);
            count = length;
        } else {
            puts("{\"error\": \"not offered\"}");
            continue;
        }
        status == KMIP_OK ? printf("{\"ns\": %lld, \"count\": %zu}\n", now() - start, count) : printf("{\"error\": \"status %d of kmip.h\"}\n", status);
    }
}
