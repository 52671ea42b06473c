/* libkmip (OpenKMIP) beside kmip-client: the driver for `compare`. Build it with ./build; benches/README.md has the protocol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/ssl.h>
#include "kmip.h"
#include "kmip_bio.h"

static unsigned char message[4 << 20], encoded[8 << 20];
static size_t message_size, encoded_size;
static BIO *bio;

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static size_t read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(message, 1, sizeof message, file) : 0;
    if (file) fclose(file);
    return size;
}

/* Decodes `times` times; then encodes `encodes` times what the last one gave. Returns libkmip's status. */
static int convert(long times, long encodes, long long *ns, size_t *count) {
    int is_request = message_size > 2 && message[2] == 0x78, status = KMIP_OK;
    long long start = now();
    for (long i = 0; i < times && status == KMIP_OK; i++) {
        KMIP context = {0};
        RequestMessage request = {0};
        ResponseMessage response = {0};
        kmip_init(&context, message, message_size, KMIP_1_4);
        status = is_request ? kmip_decode_request_message(&context, &request) : kmip_decode_response_message(&context, &response);
        *count = is_request ? request.batch_count : response.batch_count;
        if (encodes) {
            start = now();
            for (long j = 0; j < encodes && status == KMIP_OK; j++) {
                kmip_set_buffer(&context, encoded, sizeof encoded);
                status = is_request ? kmip_encode_request_message(&context, &request) : kmip_encode_response_message(&context, &response);
                encoded_size = *count = context.index - context.buffer;
            }
            *ns = now() - start;
        }
        is_request ? kmip_free_request_message(&context, &request) : kmip_free_response_message(&context, &response);
        kmip_set_buffer(&context, NULL, 0);
        kmip_destroy(&context);
    }
    if (!encodes) *ns = now() - start;
    return status;
}

static const char *connect_to(char *host, char *port, const char *folder) {
    char path[3][4096];
    const char *names[] = {"client.pem", "client.key", "ca.pem"};
    for (int i = 0; i < 3; i++) snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]);
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_use_certificate_chain_file(tls, path[0]) != 1 || SSL_CTX_use_PrivateKey_file(tls, path[1], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_load_verify_locations(tls, path[2], NULL) != 1) return "the PEM files cannot be read";
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    bio = BIO_new_ssl_connect(tls);
    BIO_set_conn_hostname(bio, host);
    BIO_set_conn_port(bio, port);
    return BIO_do_connect(bio) == 1 ? NULL : "TLS failed";
}

int main(void) {
    char line[8192], word[16], rest[8192], host[256], port[16], *key;
    while (fgets(line, sizeof line, stdin)) {
        long long ns = 0, start;
        size_t count = 0;
        int status = KMIP_OK, size = 0;
        *rest = 0;
        sscanf(line, "%15s %8191[^\n]", word, rest);
        if (!strcmp(word, "hello")) {
            puts("{\"protocol\":1,\"name\":\"libkmip\",\"version\":\"" VERSION "\",\"does\":[\"decode\",\"encode\",\"connect\"]}");
        } else if (!strcmp(word, "load")) {
            message_size = read_file(rest);
            puts("{\"ok\":true}");
        } else if (!strcmp(word, "judge")) {
            message_size = read_file(rest);
            status = convert(1, 0, &ns, &count);
            printf("{\"accepted\":%s,\"why\":\"status %d of kmip.h\"}\n", status == KMIP_OK ? "true" : "false", status);
        } else if (!strcmp(word, "decode") || !strcmp(word, "encode")) {
            status = *word == 'd' ? convert(atol(rest), 0, &ns, &count) : convert(1, atol(rest), &ns, &count);
            if (status == KMIP_OK) printf("{\"ns\":%lld,\"count\":%zu}\n", ns, count);
            else printf("{\"error\":\"status %d of kmip.h\"}\n", status);
        } else if (!strcmp(word, "save")) {
            FILE *file = fopen(rest, "wb");
            if (file) fwrite(encoded, 1, encoded_size, file), fclose(file);
            puts("{\"ok\":true}");
        } else if (!strcmp(word, "connect") && sscanf(rest, "%255s %15s %[^\n]", host, port, line) == 3) {
            const char *why = connect_to(host, port, line);
            why ? printf("{\"error\":\"%s\"}\n", why) : puts("{\"ok\":true}");
        } else if (!strcmp(word, "get")) {
            long times = strtol(rest, &key, 10);
            char *id = key + 1;
            start = now();
            for (long i = 0; i < times && status == KMIP_OK; i++, free(key)) {
                key = NULL;
                status = kmip_bio_get_symmetric_key(bio, id, strlen(id), &key, &size);
            }
            if (status == KMIP_OK) printf("{\"ns\":%lld,\"count\":%d}\n", now() - start, size);
            else printf("{\"error\":\"status %d of kmip.h\"}\n", status);
        } else {
            puts("{\"error\":\"unknown command\"}");
        }
        fflush(stdout);
    }
}
