#!/bin/sh
# Makes the files beside it with OpenSSL 3: one key in each form that there is, and a certificate for each kind of key.
# They are committed because openssl is not needed to run the tests. The keys protect nothing.
set -eu
cd "$(dirname "$0")"

self_signed() { openssl req -x509 -new -key "$1" -subj "/CN=$2" -days 36500 -out "$2.crt"; }

openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256-pkcs8.key
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384-pkcs8.key
openssl genpkey -quiet -algorithm ED25519 -out ed25519-pkcs8.key
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-pkcs8.key
for kind in p256 p384 ed25519 rsa; do self_signed "$kind-pkcs8.key" "$kind"; done

# The older forms of the same keys; `openssl ecparam -genkey` writes the parameters before the key.
openssl pkey -in rsa-pkcs8.key -traditional -out rsa-pkcs1.key
{ openssl ecparam -name prime256v1; openssl pkey -in p256-pkcs8.key -traditional; } > p256-sec1.key

# Encrypted, in the present form and in the older one.
openssl pkcs8 -topk8 -in p256-pkcs8.key -passout pass:secret -out p256-pkcs8-encrypted.key
openssl rsa -in rsa-pkcs8.key -traditional -aes256 -passout pass:secret -out rsa-pkcs1-encrypted.key
openssl ec -in p256-pkcs8.key -aes256 -passout pass:secret -out p256-sec1-encrypted.key

# What cannot be used: a curve that TLS does not have, a form that it does not read, X.509 version 1.
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out secp256k1.key
ssh-keygen -q -t ed25519 -N '' -C '' -f openssh.key && rm openssh.key.pub
openssl req -new -key p256-pkcs8.key -subj /CN=p256 -out p256.csr
openssl x509 -req -in p256.csr -key p256-pkcs8.key -days 36500 -out p256-v1.crt
