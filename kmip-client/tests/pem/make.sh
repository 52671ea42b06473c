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
for cipher in aes128 aes192 des3 camellia256; do
    openssl ec -in p256-pkcs8.key -$cipher -passout pass:secret -out p256-sec1-$cipher.key
done

# What cannot be used: a curve that TLS does not have, a form that it does not read, X.509 version 1.
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out secp256k1.key
ssh-keygen -q -t ed25519 -N '' -C '' -f openssh.key && rm openssh.key.pub
openssl req -new -key p256-pkcs8.key -subj /CN=p256 -out p256.csr
openssl x509 -req -in p256.csr -key p256-pkcs8.key -days 36500 -out p256-v1.crt

# Encrypted in the other ways that PBES2 has, and in one that is not read.
pkcs8() { openssl pkcs8 -topk8 -in p256-pkcs8.key -passout pass:secret "$@"; }
pkcs8 -scrypt -out p256-pkcs8-scrypt.key
pkcs8 -v2 des3 -v2prf hmacWithSHA1 -out p256-pkcs8-3des.key
pkcs8 -v2 aes-128-cbc -v2prf hmacWithSHA512 -out p256-pkcs8-aes128.key
pkcs8 -iter 1 -out p256-pkcs8-once.key
pkcs8 -v2 camellia-256-cbc -out p256-pkcs8-camellia.key

extensions=$(mktemp -d)
echo "basicConstraints = critical, CA:TRUE" > "$extensions/ca"
printf "basicConstraints = CA:FALSE\nextendedKeyUsage = clientAuth\n" > "$extensions/leaf"

# PKCS#12: a leaf, the CA between it and the root, and the root.
openssl req -x509 -new -key p384-pkcs8.key -subj "/CN=root" -days 36500 -out chain-root.crt
openssl req -new -key p384-pkcs8.key -subj "/CN=between" |
    openssl x509 -req -CA chain-root.crt -CAkey p384-pkcs8.key -days 36500 -out chain-between.crt -extfile "$extensions/ca"
openssl req -new -key p256-pkcs8.key -subj "/CN=leaf" |
    openssl x509 -req -CA chain-between.crt -CAkey p384-pkcs8.key -days 36500 -out chain-leaf.crt -extfile "$extensions/leaf"
# The root before what it issued, as a file may have them.
cat chain-root.crt chain-between.crt > chain-cas.crt
pkcs12() {
    openssl pkcs12 -export -inkey p256-pkcs8.key -in chain-leaf.crt -certfile chain-cas.crt -passout pass:secret "$@"
}
pkcs12 -out aes256.p12
pkcs12 -macalg sha512 -keypbe AES-128-CBC -certpbe AES-128-CBC -out aes128-sha512.p12
pkcs12 -legacy -out rc2-40.p12
pkcs12 -legacy -descert -out 3des.p12
pkcs12 -legacy -certpbe PBE-SHA1-RC2-128 -out rc2-128.p12
pkcs12 -legacy -keypbe PBE-SHA1-RC4-128 -out rc4.p12
pkcs12 -keypbe NONE -certpbe NONE -out plain.p12
pkcs12 -nomac -out no-mac.p12
pkcs12 -passout pass: -out no-passphrase.p12
pkcs12 -passout "$(printf "pass:gehe\303\251im \342\202\254")" -out unicode.p12
openssl pkcs12 -export -nokeys -in chain-leaf.crt -passout pass:secret -out no-key.p12
rm -r "$extensions" chain-root.crt chain-between.crt chain-cas.crt

# Certificates of servers that are refused, each for one reason: all but the last group have the key p256-pkcs8.key and are issued by
# rsa.crt. Of the keys that cannot be used only the certificates are kept.
mkdir -p servers
host="subjectAltName = DNS:localhost, IP:127.0.0.1"
issue() { # FILE CA CA-KEY KEY EXTENSIONS [OPTION...]
    name=servers/$1 ca=$2 ca_key=$3 key=$4
    echo "$5" > servers/extensions
    shift 5
    openssl req -new -key "$key" -subj "/CN=127.0.0.1" |
        openssl x509 -req -CA "$ca" -CAkey "$ca_key" -days 36500 -extfile servers/extensions -out "$name.crt" "$@"
}
by_rsa() { name=$1 extensions=$2; shift 2; issue "$name" rsa.crt rsa-pkcs8.key p256-pkcs8.key "$extensions" "$@"; }
by_rsa good "$host"
by_rsa common-name "keyUsage = digitalSignature"
by_rsa address-as-dns "subjectAltName = DNS:127.0.0.1"
by_rsa url-as-dns 'subjectAltName = DNS:https\://127.0.0.1, DNS:127.0.0.1\:5696'
by_rsa critical "$host
1.2.3.4.5 = critical, DER:0500"
by_rsa client-only "$host
extendedKeyUsage = clientAuth"
by_rsa sha1 "$host" -sha1
by_rsa md5 "$host" -md5
by_rsa pss "$host" -sha256 -sigopt rsa_padding_mode:pss
for kind in RSA:rsa_keygen_bits:1024 EC:ec_paramgen_curve:brainpoolP256r1; do
    openssl genpkey -quiet -algorithm "${kind%%:*}" -pkeyopt "${kind#*:}" -out servers/ca.key
    openssl req -x509 -new -key servers/ca.key -sha256 -subj "/CN=weak" -days 36500 -out "servers/ca-${kind##*:}.crt"
    issue "by-${kind##*:}" "servers/ca-${kind##*:}.crt" servers/ca.key p256-pkcs8.key "$host" -sha256
done
for kind in RSA:rsa_keygen_bits:1024 EC:ec_paramgen_curve:P-521 EC:ec_paramgen_curve:secp256k1 \
    EC:ec_paramgen_curve:brainpoolP256r1 RSA-PSS:rsa_keygen_bits:2048; do
    openssl genpkey -quiet -algorithm "${kind%%:*}" -pkeyopt "${kind#*:}" -out servers/key
    issue "key-${kind%%:*}-${kind##*:}" rsa.crt rsa-pkcs8.key servers/key "$host" -sha256
done
openssl genpkey -quiet -algorithm ED448 -out servers/key
issue key-ED448 rsa.crt rsa-pkcs8.key servers/key "$host" -sha256
rm servers/key servers/ca.key servers/extensions
