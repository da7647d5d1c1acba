#!/usr/bin/env bash
# certificates.sh FOLDER: makes the authorities, certificates and keys that the cases use, good for a few days.
set -euo pipefail
cd "$1"

key() { # NAME: what is called after another kind of key has that
    case $1 in
    ed25519) openssl genpkey -algorithm ed25519 -out "$1.key" ;;
    *) openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" ;;
    esac
}

authority() { # NAME
    key "$1"
    openssl req -x509 -new -key "$1.key" -out "$1.pem" -days 5 -subj "/CN=$1" \
        -addext basicConstraints=critical,CA:true 2>/dev/null
}

# NAME AUTHORITY SUBJECT ALTERNATIVE-NAMES [EXTENDED-KEY-USAGE] [DAYS]
certificate() {
    key "$1"
    openssl req -new -key "$1.key" -out "$1.csr" -subj "$3" -multivalue-rdn 2>/dev/null ||
        openssl req -new -key "$1.key" -out "$1.csr" -subj "$3"
    {
        echo "extendedKeyUsage=${5:-serverAuth,clientAuth}"
        if [ -n "$4" ]; then echo "subjectAltName=$4"; fi
    } >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 8)" \
        -out "$1.pem" -days "${6:-5}" -extfile "$1.ext" 2>/dev/null
    rm "$1.csr" "$1.ext"
}

authority ca
authority other-ca
certificate server ca /CN=localhost DNS:localhost,IP:127.0.0.1
certificate a ca /CN=a DNS:a.example
certificate b ca /CN=b 'DNS:*.b.example'
certificate client ca /CN=client DNS:client.example
certificate ed25519 ca /CN=localhost DNS:localhost,DNS:client.example
certificate stranger other-ca /CN=stranger ''
certificate wrong-usage ca /CN=wrong-usage '' serverAuth
certificate expired ca /CN=expired '' clientAuth -1
certificate email ca /CN=email email:alice@example.com
certificate emails ca /CN=emails email:nobody@example.com,email:alice@example.com,DNS:client.example
certificate uri ca /CN=uri URI:spiffe://example/bob
certificate dn ca /C=US/O=Acme/OU=Dev/CN=carol ''
certificate dc ca /DC=com/DC=acme/O=Acme/CN=dave ''
certificate unknown ca /CN=unknown DNS:unknown.example
openssl x509 -in client.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -r | cut -d' ' -f1 >pin
