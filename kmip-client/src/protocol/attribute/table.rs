//! The one attribute table: what each attribute is called, which tag and type it has, and in which versions it exists.

use kmip_ttlv::enumeration::{
    CertificateType, CredentialType, CryptographicAlgorithm, CryptographicUsageMask, DigitalSignatureAlgorithm,
    KeyFormatType, NistKeyType, ObjectClass, ObjectType, OpaqueDataType, ProtectionLevel, ProtectionStorageMask,
    SplitKeyMethod, SplitKeyPolynomial, State,
};
use kmip_ttlv::{
    DateTime, Decode, Encode, Interval, ProtocolVersion, Reader, Result, Tag, Type, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0,
    V2_1, V3_0, VersionRange, Writer,
};

use super::reference::{AttributeReference, OtherAttribute};
use super::structure::{
    AlternativeName, ApplicationSpecificInformation, CertificateIdentifier, CertificateIssuer, CertificateSubject,
    CryptographicDomainParameters, CryptographicParameters, DeactivationReason, Digest, KeyValueLocation, Link, Name,
    ObjectLink, RevocationReason, RngParameters, RotateName, UsageLimits, X509CertificateIdentifier,
    X509CertificateIssuer, X509CertificateSubject,
};
use crate::protocol::{Id, begin, vacate};

/// A row is: the variant with its type, the name in KMIP 1.x, the tag in KMIP 2.x, and the versions unless all have it.
///
/// One table serves both wire forms: 1.x writes the name, and the value under `AttributeValue`; 2.x the value under its own tag.
macro_rules! attributes {
    ($($variant:ident($ty:ty) = $name:literal, $tag:ident $(in $since:ident $(..= $until:ident)? $(..)?)?;)*) => {
        /// The value of an attribute, by the attribute that it is the value of (KMIP 2.1, 4; KMIP 1.4, 3).
        ///
        /// What the standard does not name is kept as [`AttributeValue::Other`].
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AttributeValue<'a> {
            $(#[doc = concat!($name, ".")] $variant($ty),)*
            /// A custom or vendor attribute, or one that this crate does not know.
            Other(OtherAttribute<'a>),
            /// The name of an attribute and no value: one that was deleted, where a server of KMIP 1.x tells of it in Notify.
            Absent(AttributeReference<'a>),
        }

        impl<'a> AttributeValue<'a> {
            /// How many bytes [`Self::encode_value`] writes.
            pub(super) fn value_len(&self, version: ProtocolVersion) -> usize {
                match self {
                    $(Self::$variant(value) => value.encoded_len(Tag::$tag, version),)*
                    Self::Other(other) => other.value.encoded_len(Tag::ATTRIBUTE_VALUE, version),
                    Self::Absent(_) => 0,
                }
            }

            /// The row of the attribute; `None` for one that the table does not know.
            #[inline(always)]
            pub(super) const fn row(&self) -> Option<&'static Row> {
                match self {
                    $(Self::$variant(_) => Some(&rows::$tag),)*
                    Self::Other(_) | Self::Absent(_) => None,
                }
            }
        }

        impl Default for AttributeValue<'_> {
            /// No attribute: one without a name.
            #[inline(always)]
            fn default() -> Self {
                Self::Other(OtherAttribute::default())
            }
        }

        /// A row each, and what reads the value of that attribute.
        mod rows {
            use super::*;

            $(pub(super) static $tag: Row = {
                fn read<'a>(into: &mut AttributeValue<'a>, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
                    vacate(into, matches!(into, AttributeValue::Other(_)));
                    begin(into, AttributeValue::$variant(<$ty>::decode_next(reader, tag)?));
                    Ok(())
                }
                fn write(value: &AttributeValue<'_>, tag: Tag, writer: &mut Writer) -> Result<()> {
                    if let AttributeValue::$variant(value) = value { value.encode(tag, writer) } else { Ok(()) }
                }
                fn set<'a>(into: &mut AttributeValue<'a>, word: u32) {
                    begin(into, AttributeValue::$variant(<$ty as Decode<'a>>::from_word(word)));
                }
                const fn word<'a>() -> u64 {
                    match <$ty as Decode<'a>>::WORD {
                        Some(ty) => (Tag::ATTRIBUTE_VALUE.value() as u64) << 40 | (ty.code() as u64) << 32 | 4,
                        None => 0,
                    }
                }
                static BEGINNING: [u8; beginning_len($name)] = beginning($name);
                let versions = attributes!(@ $($since $($until)?)?);
                Row { tag: Tag::$tag, name: $name, beginning: &BEGINNING, name_item: BEGINNING.split_at(8).1, versions, word: word(), set, read, write }
            };)*
        }

        impl Row {
            /// The row of the attribute with this tag.
            pub(super) const fn of_tag(tag: Tag) -> Option<&'static Self> {
                match tag {
                    $(Tag::$tag => Some(&rows::$tag),)*
                    _ => None,
                }
            }
        }

        /// The rows by the names of KMIP 1.x.
        static NAMES: Names = Names::of(&[$(&rows::$tag),*]);
    };
    (@) => { VersionRange::ALL };
    (@ $since:ident) => { VersionRange::since($since) };
    (@ $since:ident $until:ident) => { VersionRange::between($since, $until) };
}

/// What the table says of one attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) tag: Tag,
    pub(super) name: &'static str,
    /// How KMIP 1.x begins the attribute: the header of the structure, without its length, and Attribute Name.
    pub(super) beginning: &'static [u8],
    /// The second part of that: the item Attribute Name.
    pub(super) name_item: &'static [u8],
    pub(super) versions: VersionRange,
    /// The header of the value under Attribute Value, where it is four bytes; and what takes these.
    pub(super) word: u64,
    pub(super) set: for<'a> fn(&mut AttributeValue<'a>, u32),
    /// Reads the value that stands under the tag in place of one that owns nothing.
    pub(super) read: for<'a> fn(&mut AttributeValue<'a>, &mut Reader<'a>, Tag) -> Result<()>,
    /// Writes a value of this attribute under the tag.
    pub(super) write: fn(&AttributeValue<'_>, Tag, &mut Writer) -> Result<()>,
}

impl Row {
    /// The row of the attribute that KMIP 1.x calls `name`.
    pub(super) fn of_name(name: &str) -> Option<&'static Self> {
        NAMES.rows_at(Names::place(name.as_bytes())).find(|row| row.name == name)
    }

    /// Reads an Attribute Name, if it is one of the table: its row. Whole items are compared, so nothing else has to be checked.
    #[inline(always)]
    pub(super) fn of_next_name(reader: &mut Reader<'_>) -> Option<&'static Self> {
        let ([.., a, b, c, d], rest) = reader.remaining().split_first_chunk::<8>()?;
        let name = rest.get(..u32::from_be_bytes([*a, *b, *c, *d]) as usize)?;
        NAMES.rows_at(Names::place(name)).find(|row| reader.take_encoded(row.name_item))
    }
}

/// How many bytes [`beginning`] has.
const fn beginning_len(name: &str) -> usize {
    16 + name.len().next_multiple_of(8)
}

/// The beginning of an attribute with this name.
#[expect(clippy::cast_possible_truncation, reason = "names have fewer than 256 bytes")]
const fn beginning<const LEN: usize>(name: &str) -> [u8; LEN] {
    let mut bytes = [0; LEN];
    let [a, b, c] = Tag::ATTRIBUTE.to_bytes();
    (bytes[0], bytes[1], bytes[2], bytes[3]) = (a, b, c, Type::Structure.code());
    let [a, b, c] = Tag::ATTRIBUTE_NAME.to_bytes();
    (bytes[8], bytes[9], bytes[10], bytes[11], bytes[15]) = (a, b, c, Type::TextString.code(), name.len() as u8);
    let mut n = 0;
    while n < name.len() {
        bytes[16 + n] = name.as_bytes()[n];
        n += 1;
    }
    bytes
}

/// A hash table with more places than names, made by the compiler. A row stands at the place of its name, or behind those that took it.
struct Names([Option<&'static Row>; Self::PLACES]);

impl Names {
    const PLACES: usize = 512;

    const fn of(rows: &[&'static Row]) -> Self {
        let mut places = [None; Self::PLACES];
        let mut n = 0;
        while n < rows.len() {
            let mut place = Self::place(rows[n].name.as_bytes());
            while places[place].is_some() {
                place = (place + 1) % Self::PLACES;
            }
            places[place] = Some(rows[n]);
            n += 1;
        }
        Self(places)
    }

    /// Length, beginning and end tell almost all names apart.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a hash")]
    const fn place(name: &[u8]) -> usize {
        let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) else { return 0 };
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        let mixed = (first ^ last.rotate_left(9)).wrapping_add(name.len() as u32).wrapping_mul(0x9E37_79B1);
        (mixed >> 23) as usize
    }

    /// The rows that may have a name with this place.
    #[inline(always)]
    fn rows_at(&self, mut place: usize) -> impl Iterator<Item = &'static Row> {
        std::iter::from_fn(move || {
            let row = self.0[place];
            place = (place + 1) % Self::PLACES;
            row
        })
    }
}

attributes! {
    UniqueIdentifier(Id<'a>) = "Unique Identifier", UNIQUE_IDENTIFIER;
    Name(Name<'a>) = "Name", NAME;
    ObjectType(ObjectType) = "Object Type", OBJECT_TYPE;
    CryptographicAlgorithm(CryptographicAlgorithm) = "Cryptographic Algorithm", CRYPTOGRAPHIC_ALGORITHM;
    CryptographicLength(i32) = "Cryptographic Length", CRYPTOGRAPHIC_LENGTH;
    CryptographicParameters(Box<CryptographicParameters<'a>>) = "Cryptographic Parameters", CRYPTOGRAPHIC_PARAMETERS;
    CryptographicDomainParameters(CryptographicDomainParameters) = "Cryptographic Domain Parameters", CRYPTOGRAPHIC_DOMAIN_PARAMETERS;
    CertificateType(CertificateType) = "Certificate Type", CERTIFICATE_TYPE;
    CertificateIdentifier(CertificateIdentifier<'a>) = "Certificate Identifier", CERTIFICATE_IDENTIFIER in V1_0..=V1_4;
    CertificateSubject(CertificateSubject<'a>) = "Certificate Subject", CERTIFICATE_SUBJECT in V1_0..=V1_4;
    CertificateIssuer(CertificateIssuer<'a>) = "Certificate Issuer", CERTIFICATE_ISSUER in V1_0..=V1_4;
    Digest(Digest<'a>) = "Digest", DIGEST;
    OperationPolicyName(&'a str) = "Operation Policy Name", OPERATION_POLICY_NAME in V1_0..=V1_4;
    CryptographicUsageMask(CryptographicUsageMask) = "Cryptographic Usage Mask", CRYPTOGRAPHIC_USAGE_MASK;
    LeaseTime(Interval) = "Lease Time", LEASE_TIME;
    UsageLimits(UsageLimits) = "Usage Limits", USAGE_LIMITS;
    State(State) = "State", STATE;
    InitialDate(DateTime) = "Initial Date", INITIAL_DATE;
    ActivationDate(DateTime) = "Activation Date", ACTIVATION_DATE;
    ProcessStartDate(DateTime) = "Process Start Date", PROCESS_START_DATE;
    ProtectStopDate(DateTime) = "Protect Stop Date", PROTECT_STOP_DATE;
    DeactivationDate(DateTime) = "Deactivation Date", DEACTIVATION_DATE;
    DestroyDate(DateTime) = "Destroy Date", DESTROY_DATE;
    CompromiseOccurrenceDate(DateTime) = "Compromise Occurrence Date", COMPROMISE_OCCURRENCE_DATE;
    CompromiseDate(DateTime) = "Compromise Date", COMPROMISE_DATE;
    RevocationReason(RevocationReason<'a>) = "Revocation Reason", REVOCATION_REASON;
    ArchiveDate(DateTime) = "Archive Date", ARCHIVE_DATE;
    ObjectGroup(&'a str) = "Object Group", OBJECT_GROUP in V1_0..=V2_1;
    Link(Link<'a>) = "Link", LINK in V1_0..=V2_1;
    ApplicationSpecificInformation(ApplicationSpecificInformation<'a>) = "Application Specific Information", APPLICATION_SPECIFIC_INFORMATION;
    ContactInformation(&'a str) = "Contact Information", CONTACT_INFORMATION;
    LastChangeDate(DateTime) = "Last Change Date", LAST_CHANGE_DATE;
    CertificateLength(i32) = "Certificate Length", CERTIFICATE_LENGTH in V1_1..;
    X509CertificateIdentifier(X509CertificateIdentifier<'a>) = "X.509 Certificate Identifier", X_509_CERTIFICATE_IDENTIFIER in V1_1..;
    X509CertificateSubject(X509CertificateSubject<'a>) = "X.509 Certificate Subject", X_509_CERTIFICATE_SUBJECT in V1_1..;
    X509CertificateIssuer(X509CertificateIssuer<'a>) = "X.509 Certificate Issuer", X_509_CERTIFICATE_ISSUER in V1_1..;
    DigitalSignatureAlgorithm(DigitalSignatureAlgorithm) = "Digital Signature Algorithm", DIGITAL_SIGNATURE_ALGORITHM in V1_1..;
    Fresh(bool) = "Fresh", FRESH in V1_1..;
    AlternativeName(AlternativeName<'a>) = "Alternative Name", ALTERNATIVE_NAME in V1_2..;
    KeyValuePresent(bool) = "Key Value Present", KEY_VALUE_PRESENT in V1_2..;
    KeyValueLocation(KeyValueLocation<'a>) = "Key Value Location", KEY_VALUE_LOCATION in V1_2..;
    OriginalCreationDate(DateTime) = "Original Creation Date", ORIGINAL_CREATION_DATE in V1_2..;
    RandomNumberGenerator(RngParameters) = "Random Number Generator", RANDOM_NUMBER_GENERATOR in V1_3..;
    Pkcs12FriendlyName(&'a str) = "PKCS#12 Friendly Name", PKCS_12_FRIENDLY_NAME in V1_4..;
    Description(&'a str) = "Description", DESCRIPTION in V1_4..;
    Comment(&'a str) = "Comment", COMMENT in V1_4..;
    Sensitive(bool) = "Sensitive", SENSITIVE in V1_4..;
    AlwaysSensitive(bool) = "Always Sensitive", ALWAYS_SENSITIVE in V1_4..;
    Extractable(bool) = "Extractable", EXTRACTABLE in V1_4..;
    NeverExtractable(bool) = "Never Extractable", NEVER_EXTRACTABLE in V1_4..;
    KeyFormatType(KeyFormatType) = "Key Format Type", KEY_FORMAT_TYPE in V2_0..;
    NistKeyType(NistKeyType) = "NIST Key Type", NIST_KEY_TYPE in V2_0..;
    OpaqueDataType(OpaqueDataType) = "Opaque Data Type", OPAQUE_DATA_TYPE in V2_0..;
    ProtectionLevel(ProtectionLevel) = "Protection Level", PROTECTION_LEVEL in V2_0..;
    ProtectionPeriod(Interval) = "Protection Period", PROTECTION_PERIOD in V2_0..;
    ProtectionStorageMask(ProtectionStorageMask) = "Protection Storage Mask", PROTECTION_STORAGE_MASK in V2_0..;
    QuantumSafe(bool) = "Quantum Safe", QUANTUM_SAFE in V2_0..;
    ShortUniqueIdentifier(&'a [u8]) = "Short Unique Identifier", SHORT_UNIQUE_IDENTIFIER in V2_0..;
    RotateAutomatic(bool) = "Rotate Automatic", ROTATE_AUTOMATIC in V2_1..;
    RotateDate(DateTime) = "Rotate Date", ROTATE_DATE in V2_1..;
    RotateGeneration(i32) = "Rotate Generation", ROTATE_GENERATION in V2_1..;
    RotateInterval(Interval) = "Rotate Interval", ROTATE_INTERVAL in V2_1..;
    RotateLatest(bool) = "Rotate Latest", ROTATE_LATEST in V2_1..;
    RotateName(RotateName<'a>) = "Rotate Name", ROTATE_NAME in V2_1..;
    RotateOffset(Interval) = "Rotate Offset", ROTATE_OFFSET in V2_1..;
    CertificateSubjectCn(&'a str) = "Certificate Subject CN", CERTIFICATE_SUBJECT_CN in V1_4..;
    CertificateSubjectO(&'a str) = "Certificate Subject O", CERTIFICATE_SUBJECT_O in V1_4..;
    CertificateSubjectOu(&'a str) = "Certificate Subject OU", CERTIFICATE_SUBJECT_OU in V1_4..;
    CertificateSubjectEmail(&'a str) = "Certificate Subject Email", CERTIFICATE_SUBJECT_EMAIL in V1_4..;
    CertificateSubjectC(&'a str) = "Certificate Subject C", CERTIFICATE_SUBJECT_C in V1_4..;
    CertificateSubjectSt(&'a str) = "Certificate Subject ST", CERTIFICATE_SUBJECT_ST in V1_4..;
    CertificateSubjectL(&'a str) = "Certificate Subject L", CERTIFICATE_SUBJECT_L in V1_4..;
    CertificateSubjectUid(&'a str) = "Certificate Subject UID", CERTIFICATE_SUBJECT_UID in V1_4..;
    CertificateSubjectSerialNumber(&'a str) = "Certificate Subject Serial Number", CERTIFICATE_SUBJECT_SERIAL_NUMBER in V1_4..;
    CertificateSubjectTitle(&'a str) = "Certificate Subject Title", CERTIFICATE_SUBJECT_TITLE in V1_4..;
    CertificateSubjectDc(&'a str) = "Certificate Subject DC", CERTIFICATE_SUBJECT_DC in V1_4..;
    CertificateSubjectDnQualifier(&'a str) = "Certificate Subject DN Qualifier", CERTIFICATE_SUBJECT_DN_QUALIFIER in V1_4..;
    CertificateIssuerCn(&'a str) = "Certificate Issuer CN", CERTIFICATE_ISSUER_CN in V1_4..;
    CertificateIssuerO(&'a str) = "Certificate Issuer O", CERTIFICATE_ISSUER_O in V1_4..;
    CertificateIssuerOu(&'a str) = "Certificate Issuer OU", CERTIFICATE_ISSUER_OU in V1_4..;
    CertificateIssuerEmail(&'a str) = "Certificate Issuer Email", CERTIFICATE_ISSUER_EMAIL in V1_4..;
    CertificateIssuerC(&'a str) = "Certificate Issuer C", CERTIFICATE_ISSUER_C in V1_4..;
    CertificateIssuerSt(&'a str) = "Certificate Issuer ST", CERTIFICATE_ISSUER_ST in V1_4..;
    CertificateIssuerL(&'a str) = "Certificate Issuer L", CERTIFICATE_ISSUER_L in V1_4..;
    CertificateIssuerUid(&'a str) = "Certificate Issuer UID", CERTIFICATE_ISSUER_UID in V1_4..;
    CertificateIssuerSerialNumber(&'a str) = "Certificate Issuer Serial Number", CERTIFICATE_ISSUER_SERIAL_NUMBER in V1_4..;
    CertificateIssuerTitle(&'a str) = "Certificate Issuer Title", CERTIFICATE_ISSUER_TITLE in V1_4..;
    CertificateIssuerDc(&'a str) = "Certificate Issuer DC", CERTIFICATE_ISSUER_DC in V1_4..;
    CertificateIssuerDnQualifier(&'a str) = "Certificate Issuer DN Qualifier", CERTIFICATE_ISSUER_DN_QUALIFIER in V1_4..;
    // KMIP 3.0, 4: not in the registry, which had no text of it. The counters, and what a split key says of itself, became attributes, and each
    // kind of link one of its own.
    ObjectClass(ObjectClass) = "Object Class", OBJECT_CLASS in V3_0..;
    CredentialType(CredentialType) = "Credential Type", CREDENTIAL_TYPE in V3_0..;
    DeactivationReason(DeactivationReason<'a>) = "Deactivation Reason", DEACTIVATION_REASON in V3_0..;
    NistSecurityCategory(i32) = "NIST Security Category", NIST_SECURITY_CATEGORY in V3_0..;
    OtpCounter(&'a [u8]) = "OTP Counter", OTP_COUNTER in V3_0..;
    KeyPartIdentifier(i32) = "Key Part Identifier", KEY_PART_IDENTIFIER in V3_0..;
    SplitKeyMethod(SplitKeyMethod) = "Split Key Method", SPLIT_KEY_METHOD in V3_0..;
    SplitKeyParts(i32) = "Split Key Parts", SPLIT_KEY_PARTS in V3_0..;
    SplitKeyPolynomial(SplitKeyPolynomial) = "Split Key Polynomial", SPLIT_KEY_POLYNOMIAL in V3_0..;
    SplitKeyThreshold(i32) = "Split Key Threshold", SPLIT_KEY_THRESHOLD in V3_0..;
    CertificateSubjectDn(&'a str) = "Certificate Subject DN", CERTIFICATE_SUBJECT_DN in V3_0..;
    CertificateIssuerDn(&'a str) = "Certificate Issuer DN", CERTIFICATE_ISSUER_DN in V3_0..;
    CertifyCounter(i64) = "Certify Counter", CERTIFY_COUNTER in V3_0..;
    DecryptCounter(i64) = "Decrypt Counter", DECRYPT_COUNTER in V3_0..;
    EncryptCounter(i64) = "Encrypt Counter", ENCRYPT_COUNTER in V3_0..;
    SignCounter(i64) = "Sign Counter", SIGN_COUNTER in V3_0..;
    SignatureVerifyCounter(i64) = "Signature Verify Counter", SIGNATURE_VERIFY_COUNTER in V3_0..;
    CertificateLink(ObjectLink<'a>) = "Certificate Link", CERTIFICATE_LINK in V3_0..;
    CertificateRequestLink(ObjectLink<'a>) = "Certificate Request Link", CERTIFICATE_REQUEST_LINK in V3_0..;
    ChildLink(ObjectLink<'a>) = "Child Link", CHILD_LINK in V3_0..;
    CredentialLink(ObjectLink<'a>) = "Credential Link", CREDENTIAL_LINK in V3_0..;
    DerivationObjectLink(ObjectLink<'a>) = "Derivation Object Link", DERIVATION_OBJECT_LINK in V3_0..;
    DerivedObjectLink(ObjectLink<'a>) = "Derived Object Link", DERIVED_OBJECT_LINK in V3_0..;
    GroupLink(ObjectLink<'a>) = "Group Link", GROUP_LINK in V3_0..;
    JoinedSplitKeyPartsLink(ObjectLink<'a>) = "Joined Split Key Parts Link", JOINED_SPLIT_KEY_PARTS_LINK in V3_0..;
    NextLink(ObjectLink<'a>) = "Next Link", NEXT_LINK in V3_0..;
    ParentLink(ObjectLink<'a>) = "Parent Link", PARENT_LINK in V3_0..;
    PasswordLink(ObjectLink<'a>) = "Password Link", PASSWORD_LINK in V3_0..;
    Pkcs12CertificateLink(ObjectLink<'a>) = "PKCS#12 Certificate Link", PKCS_12_CERTIFICATE_LINK in V3_0..;
    Pkcs12PasswordLink(ObjectLink<'a>) = "PKCS#12 Password Link", PKCS_12_PASSWORD_LINK in V3_0..;
    PreviousLink(ObjectLink<'a>) = "Previous Link", PREVIOUS_LINK in V3_0..;
    PrivateKeyLink(ObjectLink<'a>) = "Private Key Link", PRIVATE_KEY_LINK in V3_0..;
    PublicKeyLink(ObjectLink<'a>) = "Public Key Link", PUBLIC_KEY_LINK in V3_0..;
    ReplacedObjectLink(ObjectLink<'a>) = "Replaced Object Link", REPLACED_OBJECT_LINK in V3_0..;
    ReplacementObjectLink(ObjectLink<'a>) = "Replacement Object Link", REPLACEMENT_OBJECT_LINK in V3_0..;
    SplitKeyBaseLink(ObjectLink<'a>) = "Split Key Base Link", SPLIT_KEY_BASE_LINK in V3_0..;
    WrappingKeyLink(ObjectLink<'a>) = "Wrapping Key Link", WRAPPING_KEY_LINK in V3_0..;
}
