#!/usr/bin/env bash
# Every key in this folder is a throwaway, made by this script for the tests and used nowhere; so are the private ones.
#
# Makes the example keys anew, and with them expected.tsv (what ssh-keygen says of the public keys that are
# taken) and refused.tsv (how each of the others is refused).
# Needs: OpenSSH 9 (ssh-keygen with DSA), OpenSSL 3, puttygen (putty-tools), python3, iconv.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf taken refused private expected.tsv refused.tsv
mkdir taken refused private
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pass=throwaway
new() { ssh-keygen -q -N '' -C "$1" -f "$work/$1" "${@:2}"; }
new rsa-1024 -t rsa -b 1024
new rsa-2048 -t rsa -b 2048
new dsa-1024 -t dsa
new ecdsa-256 -t ecdsa -b 256
new ecdsa-384 -t ecdsa -b 384
new ecdsa-521 -t ecdsa -b 521
new ed25519 -t ed25519
cp "$work"/*.pub taken/

# Public keys in other forms.
for key in rsa-2048 ecdsa-256 ecdsa-384 ecdsa-521; do
    ssh-keygen -e -m PKCS8 -f "$work/$key.pub" > "taken/$key.spki.pem"
done
# OpenSSH does not convert Ed25519: put its 32 bytes behind the fixed head of RFC 8410, and let OpenSSL write the PEM.
{ printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00' && cut -d' ' -f2 "$work/ed25519.pub" | base64 -d | tail -c 32; } \
    | openssl pkey -pubin -inform DER -pubout -out taken/ed25519.spki.pem
ssh-keygen -e -m PEM -f "$work/rsa-2048.pub" > taken/rsa-2048.pkcs1.pem
# Its comment names whoever runs this; the copy here names nobody.
rfc4716() { ssh-keygen -e -m RFC4716 -f "$1" | sed 's/converted by .* from/converted by ada@example.com from/'; }
rfc4716 "$work/rsa-2048.pub" > taken/rsa-2048.rfc4716
rfc4716 "$work/dsa-1024.pub" > taken/dsa-1024.rfc4716
rfc4716 "$work/ed25519.pub" > taken/ed25519.rfc4716

# What editors, shells and Windows make of them.
line=$(cat "$work/ecdsa-256.pub")
read -r type base64 comment <<< "$line"
printf '%s\r\n' "$line" > taken/crlf.pub
printf '%s\r' "$line" > taken/cr.pub
printf '%s' "$line" > taken/no-final-newline.pub
printf '%s\n\n\n' "$line" > taken/many-final-newlines.pub
printf '\n  \t\n%s\n' "$line" > taken/leading-newline.pub
printf '  \t%s\n' "$line" > taken/leading-blank.pub
printf '%s\t%s\t%s\n' "$type" "$base64" "$comment" > taken/tabs.pub
printf '%s  %s   %s\n' "$type" "$base64" "$comment" > taken/double-blanks.pub
printf '# made for tests\n%s\n' "$line" > taken/remark-first.pub
printf '%s %s\n' "$type" "$base64" > taken/no-comment.pub
printf '%s %s Ada of Byron  <ada@example.com>\n' "$type" "$base64" > taken/comment-with-blanks.pub
printf '%s %s %01000d\n' "$type" "$base64" 7 > taken/long-comment.pub
printf '%s %s 笔记本电脑\n' "$type" "$base64" > taken/utf8-comment.pub
printf '%s %s ' "$type" "$base64" | cat - <(iconv -t GBK <<< 笔记本电脑) > taken/gbk-comment.pub
printf '%s %s caf\xe9\n' "$type" "$base64" > taken/latin1-comment.pub
printf '%s %s \x1b[2J\n' "$type" "$base64" > taken/escape-in-comment.pub
printf '\xef\xbb\xbf%s\r\n' "$line" > taken/utf8-bom.pub
printf '\xff\xfe' | cat - <(printf '%s\r\n' "$line" | iconv -t UTF-16LE) > taken/utf16le-bom.pub
printf '\xfe\xff' | cat - <(printf '%s\r\n' "$line" | iconv -t UTF-16BE) > taken/utf16be-bom.pub
printf '%s\r\n' "$line" | iconv -t UTF-16LE > taken/utf16le.pub
printf '%s\r\n' "$line" | iconv -t UTF-16BE > taken/utf16be.pub
sed 's/$/\r/' taken/rsa-2048.spki.pem > taken/rsa-2048.crlf.spki.pem
{ cat "$work/ed25519.pub"; echo; cat taken/rsa-2048.rfc4716 taken/ecdsa-384.spki.pem; } > taken/three-keys.pub

# Keys that no tool makes on command, written byte by byte.
python3 - "$work" <<'PY'
import base64, random, sys
work = sys.argv[1]
rng = random.Random(4716)
def field(data): return len(data).to_bytes(4, "big") + data
def mpint(n): return field(n.to_bytes(n.bit_length() // 8 + 1, "big") if n else b"")
def blob_of(name): return base64.b64decode(open(f"{work}/{name}.pub").read().split()[1])
def fields(blob):
    found = []
    while blob:
        size = int.from_bytes(blob[:4], "big")
        found.append(blob[4:4 + size]); blob = blob[4 + size:]
    return found
def odd(bits): return rng.getrandbits(bits) | 1 << bits - 1 | 1
def join(*parts): return b"".join(map(field, parts))
def write(path, name, blob, comment="made-up"):
    open(path, "w").write(f"{name} {base64.b64encode(blob).decode()} {comment}\n")
def rsa(path, e, n): write(path, "ssh-rsa", field(b"ssh-rsa") + e + n)

point, x, y = fields(blob_of("ecdsa-256"))[2], None, None
x, y = point[1:33], point[33:]
ed = fields(blob_of("ed25519"))[1]
_, e, n = fields(blob_of("rsa-2048"))
sk_ed, sk_ec = b"sk-ssh-ed25519@openssh.com", b"sk-ecdsa-sha2-nistp256@openssh.com"
curve = b"nistp256"

write("taken/sk-ed25519.pub", sk_ed.decode(), join(sk_ed, ed, b"ssh:"))
write("taken/sk-ecdsa.pub", sk_ec.decode(), join(sk_ec, curve, point, b"ssh:work"))
rsa("taken/rsa-1025.pub", mpint(3), mpint(odd(1025)))
rsa("taken/rsa-16384.pub", mpint(65537), mpint(odd(16384)))

for bits in 512, 768, 1023, 16392, 65536:
    rsa(f"refused/rsa-{bits}.pub", mpint(65537), mpint(odd(bits)))
good = odd(2048)
rsa("refused/rsa-negative-n.pub", mpint(65537), field(good.to_bytes(256, "big")))
rsa("refused/rsa-negative-e.pub", field(b"\x81\x00\x01"), mpint(good))
rsa("refused/rsa-zero-n.pub", mpint(65537), mpint(0))
rsa("refused/rsa-zero-e.pub", mpint(0), mpint(good))
rsa("refused/rsa-one-e.pub", mpint(1), mpint(good))
rsa("refused/rsa-even-e.pub", mpint(65536), mpint(good))
rsa("refused/rsa-even-n.pub", mpint(65537), mpint(good - 1))
rsa("refused/rsa-e-above-n.pub", mpint(good + 2), mpint(good))
rsa("refused/rsa-needless-zero-n.pub", mpint(65537), field(b"\0" + n))
rsa("refused/rsa-needless-zero-e.pub", field(b"\0" + e), field(n))
whole = blob_of("rsa-2048")
write("refused/rsa-trailing-bytes.pub", "ssh-rsa", whole + b"\0\0\0\0")
write("refused/rsa-truncated.pub", "ssh-rsa", whole[:-9])
write("refused/rsa-no-n.pub", "ssh-rsa", join(b"ssh-rsa", e))
write("refused/label-differs.pub", "ssh-rsa", blob_of("ed25519"))
write("refused/label-other-curve.pub", "ecdsa-sha2-nistp384", blob_of("ecdsa-256"))
write("refused/label-upper-case.pub", "SSH-RSA", whole)
write("refused/rsa-sha2-label.pub", "rsa-sha2-256", whole)
write("refused/rsa-sha2-blob.pub", "rsa-sha2-512", join(b"rsa-sha2-512", e, n))
write("refused/webauthn.pub", "webauthn-" + sk_ec.decode(), join(b"webauthn-" + sk_ec, curve, point, b"ssh:"))
write("refused/opaque.pub", "key@example.com", join(b"key@example.com", b"anything"))
write("refused/ml-dsa.pub", "ssh-mldsa-65", join(b"ssh-mldsa-65", rng.randbytes(1952)))
write("refused/ed448.pub", "ssh-ed448", join(b"ssh-ed448", rng.randbytes(57)))

ec = b"ecdsa-sha2-nistp256"
name = ec.decode()
write("refused/ecdsa-off-curve.pub", name, join(ec, curve, point[:-1] + bytes([point[-1] ^ 1])))
write("refused/ecdsa-compressed.pub", name, join(ec, curve, bytes([2 + y[-1] % 2]) + x))
write("refused/ecdsa-hybrid.pub", name, join(ec, curve, bytes([6 + y[-1] % 2]) + x + y))
write("refused/ecdsa-infinity.pub", name, join(ec, curve, b"\0"))
write("refused/ecdsa-zero-point.pub", name, join(ec, curve, b"\4" + bytes(64)))
p = 2**256 - 2**224 + 2**192 + 2**96 - 1
small = 5  # x = 5 is on the curve; x + p names the same point and fits into 32 bytes
b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
root = pow(small**3 - 3 * small + b, (p + 1) // 4, p)
assert pow(root, 2, p) == (small**3 - 3 * small + b) % p and small + p < 2**256
write("refused/ecdsa-coordinate-above-p.pub", name, join(ec, curve, b"\4" + (small + p).to_bytes(32, "big") + root.to_bytes(32, "big")))
write("refused/ecdsa-other-curve-inside.pub", name, join(ec, b"nistp384", fields(blob_of("ecdsa-384"))[2]))
for bits in 384, 521:
    ident, inner, dot = fields(blob_of(f"ecdsa-{bits}"))
    write(f"refused/ecdsa-off-curve-{bits}.pub", ident.decode(), join(ident, inner, dot[:-1] + bytes([dot[-1] ^ 1])))
write("refused/sk-ecdsa-off-curve.pub", sk_ec.decode(), join(sk_ec, curve, point[:-1] + bytes([point[-1] ^ 1]), b"ssh:"))
write("refused/sk-ecdsa-compressed.pub", sk_ec.decode(), join(sk_ec, curve, bytes([2 + y[-1] % 2]) + x, b"ssh:"))
write("refused/sk-ed25519-no-application.pub", sk_ed.decode(), join(sk_ed, ed))
write("refused/sk-ed25519-nul-application.pub", sk_ed.decode(), join(sk_ed, ed, b"ssh:\0"))
write("refused/ed25519-31.pub", "ssh-ed25519", join(b"ssh-ed25519", ed[:31]))
write("refused/ed25519-33.pub", "ssh-ed25519", join(b"ssh-ed25519", ed + b"\0"))
write("refused/ed25519-wrong-inner-length.pub", "ssh-ed25519", field(b"ssh-ed25519") + b"\0\0\0\x21" + ed)

_, dp, dq, dg, dy = fields(blob_of("dsa-1024"))
def dsa(path, *parts): write(path, "ssh-dss", join(b"ssh-dss", *parts))
dsa("refused/dsa-even-p.pub", dp[:-1] + bytes([dp[-1] ^ 1]), dq, dg, dy)
dsa("refused/dsa-g-one.pub", dp, dq, b"\1", dy)
dsa("refused/dsa-y-above-p.pub", dp, dq, dg, b"\0" + b"\xff" * 128)
dsa("refused/dsa-q-short.pub", dp, b"\x5b", dg, dy)
dsa("refused/dsa-no-y.pub", dp, dq, dg)
write("refused/dsa-512.pub", "ssh-dss", field(b"ssh-dss") + mpint(odd(512)) + mpint(odd(160)) + mpint(5) + mpint(7))

def pem(path, label, der):
    body = base64.encodebytes(der).decode()
    open(path, "w").write(f"-----BEGIN {label}-----\n{body}-----END {label}-----\n")
def der(tag, *parts):
    body = b"".join(parts); size = len(body)
    head = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + head + body
def integer(n): return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))
nine = odd(2048)
pem("refused/pkcs1-trailing.pem", "RSA PUBLIC KEY", der(0x30, integer(nine), integer(65537)) + b"\0\0")
pem("refused/pkcs1-needless-zero.pem", "RSA PUBLIC KEY", der(0x30, der(2, b"\0\0" + nine.to_bytes(256, "big")), integer(65537)))
pem("refused/pkcs1-negative.pem", "RSA PUBLIC KEY", der(0x30, der(2, nine.to_bytes(256, "big")), integer(65537)))
pem("refused/pkcs1-512.pem", "RSA PUBLIC KEY", der(0x30, integer(odd(512)), integer(65537)))
prime = bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107")
pem("refused/spki-off-curve.pem", "PUBLIC KEY", der(0x30, der(0x30, prime), der(3, b"\0", point[:-1] + bytes([point[-1] ^ 1]))))
pem("refused/spki-compressed.pem", "PUBLIC KEY", der(0x30, der(0x30, prime), der(3, b"\0", bytes([2 + y[-1] % 2]) + x)))
pem("refused/spki-other-curve.pem", "PUBLIC KEY", der(0x30, der(0x30, prime[:-1] + b"\x22"), der(3, b"\0", point)))
larger = bytes.fromhex("06072a8648ce3d020106052b81040022")
pem("refused/spki-curve-differs.pem", "PUBLIC KEY", der(0x30, der(0x30, larger), der(3, b"\0", point)))
pem("refused/spki-ed25519-31.pem", "PUBLIC KEY", der(0x30, der(0x30, bytes.fromhex("06032b6570")), der(3, b"\0", ed[:31])))
PY

# Lines that are sound keys with something else around them.
printf 'command="date -u",no-pty %s\n' "$line" > refused/options.pub
printf 'from="192.0.2.0/24" %s\n' "$line" > refused/from.pub
printf 'restrict %s\n' "$line" > refused/restrict.pub
printf 'cert-authority,principals="ops" %s\n' "$line" > refused/cert-authority.pub
printf 'git.example.com,192.0.2.1 %s\n' "$line" > refused/known-hosts.pub
printf '|1|JfKTdBh7rNbXkVAQCRp4OQoPfmI=|USECr3SWf1JUPsms5AqfD5QfxkM= %s\n' "$line" > refused/known-hosts-hashed.pub
printf '@revoked *.example.com %s\n' "$line" > refused/known-hosts-revoked.pub
printf '@cert-authority *.example.com %s\n' "$line" > refused/known-hosts-authority.pub
printf '%s\nnot a key\n' "$line" > refused/junk-line-after.pub
printf 'not a key\n%s\n' "$line" > refused/junk-line-before.pub
printf '%s\n' "$base64" > refused/bare-base64.pub
printf '%s %s*%s\n' "$type" "${base64:0:40}" "${base64:41}" > refused/bad-base64.pub
printf '%s %s\n' "$type" "${base64%=}" > refused/unpadded-base64.pub
printf '%s %s\n' "$type" "${base64:0:60}" > refused/cut-base64.pub
printf '%s\n' "$type" > refused/type-alone.pub
printf '' > refused/empty.pub
printf ' \n\t\r\n# only a remark\n' > refused/blank.pub
printf '%s\0\n' "$line" > refused/nul-at-end.pub
printf '%s bo\0b\n' "$type $base64" > refused/nul-in-comment.pub
head -c 2000 /dev/urandom > refused/random.bin
openssl pkey -pubin -in taken/rsa-2048.spki.pem -outform DER -out refused/spki.der
ssh-keygen -q -s "$work/ed25519" -I test -n root "$work/rsa-2048.pub" && cp "$work/rsa-2048-cert.pub" refused/certificate.pub
ssh-keygen -q -s "$work/rsa-2048" -I test -n root "$work/ed25519.pub" && cp "$work/ed25519-cert.pub" refused/certificate-ed25519.pub
rfc4716 "$work/rsa-2048-cert.pub" > refused/certificate.rfc4716
printf 'ssh-rsa %s\n' "$(cut -d' ' -f2 "$work/rsa-2048-cert.pub")" > refused/certificate-plain-label.pub
sed '/^-----END/d' taken/rsa-2048.spki.pem > refused/spki-no-end.pem
sed 's/END PUBLIC/END RSA PUBLIC/' taken/rsa-2048.spki.pem > refused/spki-other-end.pem
sed '3d' taken/rsa-2048.spki.pem > refused/spki-line-lost.pem
sed '3s/./*/' taken/rsa-2048.spki.pem > refused/spki-bad-base64.pem
sed 's/PUBLIC KEY/DSA PUBLIC KEY/' taken/rsa-2048.spki.pem > refused/other-label.pem
sed 's/RSA PUBLIC/PUBLIC/' taken/rsa-2048.pkcs1.pem > refused/pkcs1-as-spki.pem
sed '/END SSH2/d' taken/rsa-2048.rfc4716 > refused/rfc4716-no-end.pub
sed '4d' taken/rsa-2048.rfc4716 > refused/rfc4716-line-lost.pub
sed '4s/./*/' taken/rsa-2048.rfc4716 > refused/rfc4716-bad-base64.pub
openssl req -x509 -newkey rsa:1024 -nodes -keyout /dev/null -subj /CN=test -out refused/x509.pem 2>/dev/null
openssl genpkey -algorithm X25519 2>/dev/null | openssl pkey -pubout -out refused/spki-x25519.pem
openssl ecparam -name secp256k1 -genkey -noout | openssl pkey -pubout -out refused/spki-secp256k1.pem
openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit | openssl pkey -pubout -out refused/spki-explicit-curve.pem
openssl dsaparam -genkey 1024 2>/dev/null | openssl pkey -pubout -out refused/spki-dsa.pem

# Private keys. ssh-keygen -p rewrites a key in place, so each form starts from its own copy.
copy() { cp "$work/$1" "$work/copy"; chmod 600 "$work/copy"; }
new plain-rsa -t rsa -b 1024
new plain-ec -t ecdsa -b 256
new plain-ed -t ed25519
new plain-dsa -t dsa
cp "$work/plain-rsa" private/openssh-rsa
cp "$work/plain-ec" private/openssh-ecdsa
cp "$work/plain-ed" private/openssh-ed25519
copy plain-ed && ssh-keygen -q -p -P '' -N "$pass" -f "$work/copy" > /dev/null && cp "$work/copy" private/openssh-encrypted
copy plain-rsa && ssh-keygen -q -p -N '' -m PEM -f "$work/copy" > /dev/null && cp "$work/copy" private/pkcs1.pem
copy plain-rsa && ssh-keygen -q -p -N "$pass" -m PEM -f "$work/copy" > /dev/null && cp "$work/copy" private/pkcs1-encrypted.pem
copy plain-dsa && ssh-keygen -q -p -N '' -m PEM -f "$work/copy" > /dev/null && cp "$work/copy" private/dsa.pem
copy plain-ec && ssh-keygen -q -p -N '' -m PEM -f "$work/copy" > /dev/null && cp "$work/copy" private/sec1.pem
openssl pkcs8 -topk8 -nocrypt -in private/pkcs1.pem -out private/pkcs8.pem
openssl pkcs8 -topk8 -nocrypt -in private/sec1.pem -out private/pkcs8-ec.pem
openssl genpkey -algorithm ed25519 -out private/pkcs8-ed25519.pem
openssl pkcs8 -topk8 -passout "pass:$pass" -in private/pkcs1.pem -out private/pkcs8-encrypted.pem
openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout "pass:$pass" -in private/pkcs1.pem -out private/pkcs8-pbe.pem
openssl rsa -traditional -in private/pkcs1.pem -outform DER -out private/pkcs1.der 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in private/pkcs1.pem -outform DER -out private/pkcs8.der
openssl pkcs8 -topk8 -nocrypt -in private/pkcs8-ed25519.pem -outform DER -out private/pkcs8-ed25519.der
openssl pkcs8 -topk8 -passout "pass:$pass" -in private/pkcs1.pem -outform DER -out private/pkcs8-encrypted.der
openssl ec -in private/sec1.pem -outform DER -out private/sec1.der 2>/dev/null
openssl req -x509 -key private/pkcs1.pem -subj /CN=test -out "$work/x509" 2>/dev/null
openssl pkcs12 -export -inkey private/pkcs1.pem -in "$work/x509" -passout "pass:$pass" -out private/pkcs12.p12
printf '%s' "$pass" > "$work/pass"
printf '' > "$work/none"
for version in 2 3; do
    for key in rsa ec ed; do
        puttygen "$work/plain-$key" -O private --ppk-param "version=$version" -o "private/putty-v$version-$key.ppk"
    done
    puttygen "$work/plain-ed" -O private --ppk-param "version=$version,passes=1" --new-passphrase "$work/pass" -o "private/putty-v$version-encrypted.ppk"
done
puttygen "$work/plain-rsa" -O private-sshcom -o private/ssh2.key
puttygen "$work/plain-rsa" -O private-sshcom --new-passphrase "$work/pass" -o private/ssh2-encrypted.key

# Private keys that hide.
sed 's/PRIVATE KEY/PUBLIC KEY/' private/pkcs8.pem > private/label-lies-pkcs8.pem
sed 's/RSA PRIVATE KEY/RSA PUBLIC KEY/' private/pkcs1.pem > private/label-lies-pkcs1.pem
sed 's/ENCRYPTED PRIVATE KEY/PUBLIC KEY/' private/pkcs8-encrypted.pem > private/label-lies-encrypted.pem
sed 's/OPENSSH PRIVATE KEY/PUBLIC KEY/' private/openssh-ed25519 > private/label-lies-openssh.pem
sed -E 's/-----(BEGIN|END) OPENSSH PRIVATE KEY-----/---- \1 SSH2 PUBLIC KEY ----/' private/openssh-rsa > private/label-lies-rfc4716.pub
printf 'ssh-ed25519 %s\n' "$(grep -v -e ----- private/openssh-ed25519 | tr -d '\n')" > private/label-lies-line.pub
cat "$work/plain-ed.pub" private/openssh-ed25519 > private/public-then-private.pub
cat "$work/plain-ed.pub" > private/public-then-der.pub && cat private/pkcs8.der >> private/public-then-der.pub
cat "$work/plain-ed.pub" <(iconv -t UTF-16LE private/openssh-ed25519) > private/public-then-utf16.pub
printf '%s %s\n' "$(cut -d' ' -f1,2 "$work/plain-ed.pub")" "$(tr '\n' ' ' < private/openssh-ed25519)" > private/in-comment.pub
printf '%s %s\n' "$(cut -d' ' -f1,2 "$work/plain-ed.pub")" "$(base64 -w0 private/openssh-ed25519)" > private/base64-in-comment.pub
sed 's/: .*/: 1/; /^Comment/s/.*/Comment: -----BEGIN OPENSSH PRIVATE KEY----- b3Bl/' taken/ed25519.rfc4716 > private/in-rfc4716-comment.pub
base64 -w0 private/pkcs1.pem > private/base64-of-pem
base64 private/pkcs8.pem > private/base64-of-pem-wrapped
base64 -w0 private/openssh-ed25519 | base64 -w0 > private/base64-twice
base64 -w0 private/pkcs1.pem | tr '+/' '-_' > private/base64-url-safe
base64 -w0 private/pkcs8.der > private/base64-of-der
base64 -w0 private/putty-v3-ed.ppk > private/base64-of-ppk
{ cat "$work/plain-ed.pub"; cat private/openssh-ed25519; } | base64 > private/base64-of-both
grep -v -e ----- private/pkcs1.pem > private/body-alone
grep -v -e ----- private/openssh-ed25519 | fold -w 5 > private/body-in-pieces
grep -v -e BEGIN private/openssh-ed25519 > private/no-begin
grep -v -e END private/pkcs8-encrypted.pem > private/no-end
sed 's/^/    /' private/pkcs1.pem > private/indented.pem
sed 's/^/> /' private/openssh-ed25519 > private/quoted.txt
sed 's/$/\r/' private/openssh-ed25519 > private/crlf
tr '[:upper:]' '[:lower:]' < private/pkcs8.pem > private/lower-case.pem
sed 's/PRIVATE KEY/PRIVATE  KEY/; s/-----/--- --/' private/pkcs1.pem > private/odd-blanks.pem
sed 's/-----/—–—/g' private/openssh-ed25519 > private/typographic-dashes.txt
python3 - <<'PY'
import json, subprocess, urllib.parse
key = open("private/openssh-ed25519").read()
body = open("private/pkcs1.pem").read().replace(" PRIVATE", " PUBLIC")
json.dump({"public_key": key}, open("private/json.json", "w"))
open("private/json-plus.json", "w").write(json.dumps({"key": body}).replace("+", "\\u002B").replace("/", "\\/"))
json.dump({"secret": json.dumps({"key": body})}, open("private/json-twice.json", "w"))
open("private/form-encoded.txt", "w").write("key=" + urllib.parse.quote_plus(body))
open("private/shell-escaped.txt", "w").write("KEY=$'" + key.replace("\n", "\\n") + "'\n")
for form, codec in ("utf16le-bom", "utf-16-le"), ("utf16be-bom", "utf-16-be"):
    open(f"private/{form}", "wb").write(("\ufeff" + key).encode(codec))
    open(f"private/{form.removesuffix('-bom')}", "wb").write(key.encode(codec))
open("private/utf8-bom", "wb").write(key.encode("utf-8-sig"))
jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
json.dump(jwk, open("private/jwk.json", "w"))
PY

# What ssh-keygen itself says of the keys that are taken; forms that it cannot list are converted by it, or by
# OpenSSL and iconv, first.
plain() {
    case $1 in
        *ed25519.spki.pem) cp "$work/ed25519.pub" "$work/plain" ;;
        *.spki.pem) ssh-keygen -i -m PKCS8 -f <(tr -d '\r' < "$1") > "$work/plain" ;;
        *.pkcs1.pem) ssh-keygen -i -m PEM -f "$1" > "$work/plain" ;;
        *.rfc4716) ssh-keygen -i -m RFC4716 -f "$1" > "$work/plain" ;;
        *utf8-bom*) tail -c +4 "$1" > "$work/plain" ;;
        *utf16?e-bom*) iconv -f UTF-16 -t UTF-8 "$1" > "$work/plain" ;;
        *utf16le*) iconv -f UTF-16LE -t UTF-8 "$1" > "$work/plain" ;;
        *utf16be*) iconv -f UTF-16BE -t UTF-8 "$1" > "$work/plain" ;;
        *three-keys*) cat "$work/ed25519.pub" "$work/rsa-2048.pub" "$work/ecdsa-384.pub" > "$work/plain" ;;
        *) cp "$1" "$work/plain" ;;
    esac
}
printf '# file\tbits\tMD5\tSHA-256\ttype, as `ssh-keygen -l` prints them\n' > expected.tsv
for file in taken/*; do
    plain "$file"
    listed() { ssh-keygen -l -E "$1" -f "$work/plain"; }
    paste -d' ' <(listed md5 | awk '{print $1, $2, $NF}') <(listed sha256 | awk '{print $2}') \
        | while read -r bits md5 type sha256; do
            printf '%s\t%s\t%s\t%s\t%s\n' "$file" "$bits" "$md5" "$sha256" "${type//[()]/}"
        done
done >> expected.tsv

# How the others are refused: the kind of error, and a word of the message.
kind() { local kind=$1 word=$2 name; shift 2; for name in "$@"; do printf 'refused/%s\t%s\t%s\n' "$name" "$kind" "$word"; done; }
{
    printf '# file\tkind of error\ta part of the message\n'
    kind key_unsupported 'too small' rsa-512.pub rsa-768.pub rsa-1023.pub dsa-512.pub pkcs1-512.pem
    kind key_invalid 'larger than 16384' rsa-16392.pub rsa-65536.pub
    kind key_invalid 'zero or negative' rsa-negative-n.pub rsa-negative-e.pub rsa-zero-n.pub rsa-zero-e.pub
    kind key_invalid 'cannot be those of an RSA key' rsa-one-e.pub rsa-even-e.pub rsa-even-n.pub rsa-e-above-n.pub
    kind key_invalid 'malformed or cut off' rsa-needless-zero-n.pub rsa-needless-zero-e.pub rsa-trailing-bytes.pub \
        rsa-truncated.pub rsa-no-n.pub ecdsa-hybrid.pub ecdsa-infinity.pub ecdsa-other-curve-inside.pub \
        sk-ed25519-no-application.pub ed25519-31.pub ed25519-33.pub dsa-no-y.pub
    kind key_invalid 'encoded' ed25519-wrong-inner-length.pub
    kind key_invalid 'not of the type' label-differs.pub label-other-curve.pub
    kind key_invalid 'line 1 is not a public key' label-upper-case.pub bare-base64.pub junk-line-before.pub
    kind key_invalid 'line 2 is not a public key' junk-line-after.pub
    kind key_unsupported '`rsa-sha2-256`' rsa-sha2-label.pub
    kind key_unsupported '`rsa-sha2-512`' rsa-sha2-blob.pub
    kind key_unsupported '`webauthn-sk-ecdsa-sha2-nistp256@openssh.com`' webauthn.pub
    kind key_unsupported '`key@example.com`' opaque.pub
    kind key_unsupported '`ssh-mldsa-65`' ml-dsa.pub
    kind key_unsupported '`ssh-ed448`' ed448.pub
    kind key_invalid 'not on its curve' ecdsa-off-curve.pub ecdsa-zero-point.pub ecdsa-coordinate-above-p.pub \
        ecdsa-off-curve-384.pub ecdsa-off-curve-521.pub sk-ecdsa-off-curve.pub spki-off-curve.pem
    kind key_invalid 'compressed' ecdsa-compressed.pub sk-ecdsa-compressed.pub spki-compressed.pem
    kind key_invalid 'application' sk-ed25519-nul-application.pub
    kind key_invalid 'cannot be those of a DSA key' dsa-even-p.pub dsa-g-one.pub dsa-y-above-p.pub dsa-q-short.pub
    kind key_unsupported 'restriction' options.pub from.pub restrict.pub cert-authority.pub known-hosts.pub \
        known-hosts-hashed.pub known-hosts-revoked.pub known-hosts-authority.pub
    kind key_invalid 'base64' bad-base64.pub unpadded-base64.pub spki-bad-base64.pem rfc4716-line-lost.pub rfc4716-bad-base64.pub
    kind key_invalid 'malformed' type-alone.pub cut-base64.pub
    kind key_invalid 'no key' empty.pub blank.pub
    kind key_invalid 'binary' nul-at-end.pub nul-in-comment.pub random.bin spki.der
    kind key_unsupported 'certificate' certificate.pub certificate-ed25519.pub certificate-plain-label.pub certificate.rfc4716 x509.pem
    kind key_invalid 'does not end' spki-no-end.pem spki-other-end.pem rfc4716-no-end.pub
    kind key_invalid 'well-formed' spki-line-lost.pem pkcs1-as-spki.pem pkcs1-trailing.pem pkcs1-needless-zero.pem \
        pkcs1-negative.pem spki-ed25519-31.pem spki-curve-differs.pem
    kind key_unsupported 'DSA PUBLIC KEY' other-label.pem
    kind key_unsupported '1.3.101.110' spki-x25519.pem
    kind key_unsupported 'EC, other curve' spki-secp256k1.pem spki-other-curve.pem
    kind key_unsupported 'EC, curve not named' spki-explicit-curve.pem
    kind key_unsupported '1.2.840.10040.4.1' spki-dsa.pem
} > refused.tsv
