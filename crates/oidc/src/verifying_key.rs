//! A public key of the provider (RFC 7517 4, RFC 7518 6, RFC 8037 2), and the signatures that it verifies. The openidconnect
//! crate has such a type, too; this one is a tenth of its cost, because ring verifies (decision 0005).

use std::ops::RangeInclusive;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use crate::settings::Alg;

/// The length of RSA keys: at least that of RFC 7518 3.3 and 3.5, where ring would accept up to seven bits less, and at most
/// what ring can use.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

/// A key that may verify signatures.
pub(crate) struct VerifyingKey {
    kid: Option<String>,
    /// The only algorithm it may be used with (RFC 7517 4.4), if it names one.
    alg: Option<String>,
    material: Material,
}

enum Material {
    /// Modulus and exponent, without zeros before them.
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// Points, uncompressed.
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl VerifyingKey {
    /// Reads a member of a key set. `None` if it is unreadable, of an unknown type or length, or for something other than
    /// signatures (RFC 7517 4.2). Whether a point is on its curve shows when it is used.
    pub(crate) fn read(key: &Value) -> Option<Self> {
        text(key, "use")?.is_none_or(|used| used == "sig").then_some(())?;
        let material = match (key.get("kty")?.as_str()?, text(key, "crv").flatten()) {
            ("RSA", _) => rsa(key)?,
            ("EC", Some("P-256")) => Material::P256(point(key, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(key, 48)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(key, "x").filter(|x| x.len() == 32)?),
            _ => return None,
        };
        let [kid, alg] = [text(key, "kid")?, text(key, "alg")?].map(|text| text.map(str::to_owned));
        Some(Self { kid, alg, material })
    }

    /// Its name in the key set.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it can verify signatures with this algorithm.
    pub(crate) fn is_for(&self, alg: Alg) -> bool {
        self.algorithm(alg).is_some()
    }

    /// Whether this is its signature of the text; `None` if it cannot verify signatures with this algorithm.
    pub(crate) fn has_signed(&self, alg: Alg, signed: &str, signature: &[u8]) -> Option<bool> {
        let verified = match (self.algorithm(alg)?, &self.material) {
            (Algorithm::Rsa(params), Material::Rsa(key)) => key.verify(params, signed.as_bytes(), signature),
            (Algorithm::Curve(curve), Material::P256(key) | Material::P384(key) | Material::Ed25519(key)) => {
                UnparsedPublicKey::new(curve, key).verify(signed.as_bytes(), signature)
            }
            _ => return None,
        };
        Some(verified.is_ok())
    }

    /// The algorithm in the terms of ring, if this key is for it.
    fn algorithm(&self, alg: Alg) -> Option<Algorithm> {
        use Algorithm::{Curve, Rsa};
        if self.alg.as_ref().is_some_and(|own| own != alg.name()) {
            return None;
        }
        Some(match (alg, &self.material) {
            (Alg::Rs256, Material::Rsa(_)) => Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            (Alg::Rs384, Material::Rsa(_)) => Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            (Alg::Rs512, Material::Rsa(_)) => Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            (Alg::Ps256, Material::Rsa(_)) => Rsa(&signature::RSA_PSS_2048_8192_SHA256),
            (Alg::Ps384, Material::Rsa(_)) => Rsa(&signature::RSA_PSS_2048_8192_SHA384),
            (Alg::Ps512, Material::Rsa(_)) => Rsa(&signature::RSA_PSS_2048_8192_SHA512),
            (Alg::Es256, Material::P256(_)) => Curve(&signature::ECDSA_P256_SHA256_FIXED),
            (Alg::Es384, Material::P384(_)) => Curve(&signature::ECDSA_P384_SHA384_FIXED),
            (Alg::EdDsa, Material::Ed25519(_)) => Curve(&signature::ED25519),
            _ => return None,
        })
    }
}

enum Algorithm {
    Rsa(&'static RsaParameters),
    Curve(&'static dyn signature::VerificationAlgorithm),
}

fn rsa(key: &Value) -> Option<Material> {
    let [n, e] = [bytes(key, "n")?, bytes(key, "e")?].map(without_zeros);
    RSA_BITS.contains(&count_bits(&n)).then_some(Material::Rsa(RsaPublicKeyComponents { n, e }))
}

/// A point on a curve (SEC 1 2.3.3) with coordinates of so many bytes. Some providers leave out zeros before them.
fn point(key: &Value, len: usize) -> Option<Vec<u8>> {
    let mut point = vec![4];
    for name in ["x", "y"] {
        let coordinate = without_zeros(bytes(key, name)?);
        point.extend(std::iter::repeat_n(0, len.checked_sub(coordinate.len())?));
        point.extend(coordinate);
    }
    Some(point)
}

/// A member that may be missing; `None` if it is not a text.
fn text<'a>(key: &'a Value, name: &str) -> Option<Option<&'a str>> {
    match key.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_str().map(Some),
    }
}

/// A number in Base64url. Some providers pad it.
fn bytes(key: &Value, name: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?.trim_end_matches('=')).ok()
}

fn without_zeros(number: Vec<u8>) -> Vec<u8> {
    number.into_iter().skip_while(|byte| *byte == 0).collect()
}

/// The length of a big-endian number without zeros before it, in bits.
fn count_bits(number: &[u8]) -> usize {
    number.len() * 8 - number.first().map_or(0, |first| first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7515 A.3: a signature with ES256.
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn ec() -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y })
    }

    #[test]
    fn it_16_a_signature_is_of_one_key_one_text_and_one_algorithm() {
        let signature = BASE64_URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap();
        let key = VerifyingKey::read(&ec()).unwrap();
        assert_eq!(key.has_signed(Alg::Es256, SIGNED, &signature), Some(true));
        assert_eq!(key.has_signed(Alg::Es256, &SIGNED[1..], &signature), Some(false));
        assert_eq!(key.has_signed(Alg::Es256, SIGNED, &signature[1..]), Some(false));
        assert_eq!(key.has_signed(Alg::Es256, SIGNED, b""), Some(false));
        for alg in Alg::ALL {
            assert_eq!(key.is_for(alg), alg == Alg::Es256, "{}", alg.name());
            assert_eq!(
                key.has_signed(alg, SIGNED, &signature).is_some(),
                alg == Alg::Es256,
                "{}",
                alg.name()
            );
        }
        let other = VerifyingKey::read(&json!({ "kty": "EC", "crv": "P-256", "x": Y, "y": X })).unwrap();
        assert_eq!(other.has_signed(Alg::Es256, SIGNED, &signature), Some(false));
    }

    #[test]
    fn it_16_a_key_is_for_what_it_says() {
        let with = |name: &str, value: Value| {
            let mut key = ec();
            key[name] = value;
            VerifyingKey::read(&key)
        };
        for (name, value) in [
            ("use", json!("sig")),
            ("use", json!(null)),
            ("alg", json!("ES256")),
            ("alg", json!(null)),
            ("kid", json!("1")),
            ("x", json!(format!("{X}="))),
            ("new", json!(7)),
        ] {
            assert!(with(name, value.clone()).is_some_and(|key| key.is_for(Alg::Es256)), "{name} {value}");
        }
        for (name, value) in [("alg", json!("ES384")), ("alg", json!("ECDH-ES"))] {
            assert!(with(name, value.clone()).is_some_and(|key| !key.is_for(Alg::Es256)), "{name} {value}");
        }
        for (name, value) in [
            ("use", json!("enc")),
            ("use", json!(["sig"])),
            ("kty", json!("RSA")),
            ("kty", json!("oct")),
            ("kty", json!(null)),
            ("crv", json!("P-521")),
            ("crv", json!(7)),
            ("kid", json!(7)),
            ("alg", json!(7)),
            ("x", json!("!")),
            ("x", json!(format!("{X}{X}"))),
            ("y", json!(null)),
        ] {
            assert!(with(name, value.clone()).is_none(), "{name} {value}");
        }
    }

    #[test]
    fn it_16_zeros_before_a_number_do_not_count() {
        let rsa = |n: Vec<u8>| {
            let n = BASE64_URL_SAFE_NO_PAD.encode(n);
            VerifyingKey::read(&json!({ "kty": "RSA", "n": n, "e": "AAEAAQ" }))
        };
        let mut modulus = vec![0xff; 256];
        assert!(rsa([vec![0; 1], modulus.clone()].concat()).is_some());
        modulus[0] = 0x7f;
        assert!(rsa(modulus.clone()).is_none(), "2047 bits");
        modulus[..128].fill(0);
        assert!(rsa(modulus).is_none() && rsa(Vec::new()).is_none() && rsa(vec![0; 256]).is_none());
        assert!(rsa(vec![0xff; 1024]).is_some() && rsa(vec![0xff; 1025]).is_none(), "8192 bits and more");
        // A coordinate without its zeros, and with more of them.
        let p256 = |x: Vec<u8>| {
            let x = BASE64_URL_SAFE_NO_PAD.encode(x);
            let read = VerifyingKey::read(&json!({ "kty": "EC", "crv": "P-256", "x": x, "y": Y }));
            read.map(|key| if let Material::P256(point) = key.material { point } else { Vec::new() })
        };
        let whole = p256([vec![0], vec![7; 31]].concat());
        assert!(whole.as_ref().is_some_and(|point| point.len() == 65 && point[..3] == [4, 0, 7]));
        assert_eq!(p256(vec![7; 31]), whole);
        assert_eq!(p256([vec![0; 3], vec![7; 31]].concat()), whole);
    }
}
