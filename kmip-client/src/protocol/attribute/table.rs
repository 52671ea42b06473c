//! The one attribute table: name, tag, type and versions of each attribute.

use kmip_ttlv::enumeration::{
    CertificateType, CredentialType, CryptographicAlgorithm, CryptographicUsageMask, DigitalSignatureAlgorithm,
    KeyFormatType, NistKeyType, ObjectClass, ObjectType, OpaqueDataType, ProtectionLevel, ProtectionStorageMask,
    SplitKeyMethod, SplitKeyPolynomial, State,
};
use kmip_ttlv::{
    DateTime, Decode, Encode, Interval, ProtocolVersion, Reader, Result, Tag, Type, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0,
    V2_1, V3_0, VersionRange, Writer,
};

use super::Attributes;
use super::reference::{AttributeReference, OtherAttribute};
use super::structure::{
    AlternativeName, ApplicationSpecificInformation, CertificateIdentifier, CertificateIssuer, CertificateSubject,
    CryptographicDomainParameters, CryptographicParameters, DeactivationReason, Digest, KeyValueLocation, Link, Name,
    ObjectLink, RevocationReason, RngParameters, RotateName, UsageLimits, X509CertificateIdentifier,
    X509CertificateIssuer, X509CertificateSubject,
};
use crate::protocol::{Id, begin, vacate};

/// A row has the variant with its type, the name in KMIP 1.x, the tag in KMIP 2.x, the versions (all by default), and
/// the getter of [`Attributes`]: `one` if an object has at most one value, `one_by_ref` if the type is not `Copy`, or
/// `many`.
///
/// One table serves both wire forms. 1.x writes the name, and the value under `AttributeValue`; 2.x writes the value
/// under its own tag.
macro_rules! attributes {
    ($(
        $variant:ident($ty:ty) = $name:literal, $tag:ident $(in $since:ident $(..= $until:ident)? $(..)?)? => $times:ident($getter:ident);
    )*) => {
        /// The value of an attribute, with one variant for each attribute (KMIP 2.1, 4; KMIP 1.4, 3).
        ///
        /// Attributes that the standard does not name are kept as [`AttributeValue::Other`].
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AttributeValue<'a> {
            $(#[doc = concat!($name, ".")] $variant($ty),)*
            /// A custom or vendor attribute, or one that this crate does not know.
            Other(OtherAttribute<'a>),
            /// The name of an attribute without a value: an attribute that was deleted, in Notify of KMIP 1.x.
            Absent(AttributeReference<'a>),
        }

        impl<'a> AttributeValue<'a> {
            /// Returns the number of bytes that [`Self::encode_value`] writes.
            pub(super) fn value_len(&self, version: ProtocolVersion) -> usize {
                match self {
                    $(Self::$variant(value) => value.encoded_len(Tag::$tag, version),)*
                    Self::Other(other) => other.value.encoded_len(Tag::ATTRIBUTE_VALUE, version),
                    Self::Absent(_) => 0,
                }
            }

            /// Returns the row of the attribute; `None` if the table does not have it.
            #[inline(always)]
            pub(super) const fn row(&self) -> Option<&'static Row> {
                match self {
                    $(Self::$variant(_) => Some(&rows::$tag),)*
                    Self::Other(_) | Self::Absent(_) => None,
                }
            }
        }

        impl Default for AttributeValue<'_> {
            /// Returns an attribute without a name, which stands for none.
            #[inline(always)]
            fn default() -> Self {
                Self::Other(OtherAttribute::default())
            }
        }

        /// One row for each attribute, with the functions that decode its value.
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
                // Some of the types borrow.
                #[allow(clippy::extra_unused_lifetimes)]
                const fn word<'a>() -> u64 {
                    match <$ty as Decode<'a>>::WORD {
                        Some(ty) => (Tag::ATTRIBUTE_VALUE.value() as u64) << 40 | (ty.code() as u64) << 32 | 4,
                        None => 0,
                    }
                }
                static BEGINNING: [u8; beginning_len($name)] = beginning($name);
                let versions = attributes!(@ $($since $($until)?)?);
                let (name_item, many) = (BEGINNING.split_at(8).1, attributes!(@ is $times));
                Row { tag: Tag::$tag, name: $name, beginning: &BEGINNING, name_item, versions, many, word: word(), set, read, write }
            };)*
        }

        /// The values of single attributes.
        impl<'a> Attributes<'a> {
            $(attributes! { @ get $times $variant($ty) $name $getter })*
        }

        impl Row {
            /// Returns the row of the attribute with this tag.
            pub(super) const fn of_tag(tag: Tag) -> Option<&'static Self> {
                match tag {
                    $(Tag::$tag => Some(&rows::$tag),)*
                    _ => None,
                }
            }
        }

        /// The rows, indexed by the names of KMIP 1.x.
        static NAMES: Names = Names::of(&[$(&rows::$tag),*]);
    };
    (@ is many) => { true };
    (@ is $once:ident) => { false };
    (@ get one $variant:ident($ty:ty) $name:literal $getter:ident) => {
        #[doc = concat!("Returns the ", $name, ", if it is there.")]
        #[must_use]
        pub fn $getter(&self) -> Option<$ty> {
            self.values().find_map(|value| if let AttributeValue::$variant(value) = value { Some(*value) } else { None })
        }
    };
    (@ get one_by_ref $variant:ident($ty:ty) $name:literal $getter:ident) => {
        #[doc = concat!("Returns the ", $name, ", if it is there.")]
        #[must_use]
        pub fn $getter(&self) -> Option<&$ty> {
            self.values().find_map(|value| if let AttributeValue::$variant(value) = value { Some(value) } else { None })
        }
    };
    (@ get many $variant:ident($ty:ty) $name:literal $getter:ident) => {
        #[doc = concat!("Returns each ", $name, ": an object may have several.")]
        pub fn $getter(&self) -> impl Iterator<Item = &$ty> + '_ {
            self.values().filter_map(|value| if let AttributeValue::$variant(value) = value { Some(value) } else { None })
        }
    };
    (@) => { VersionRange::ALL };
    (@ $since:ident) => { VersionRange::since($since) };
    (@ $since:ident $until:ident) => { VersionRange::between($since, $until) };
}

/// One attribute's entry in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) tag: Tag,
    pub(super) name: &'static str,
    /// The first bytes of the attribute in KMIP 1.x: the header of the structure, without its length, and Attribute
    /// Name.
    pub(super) beginning: &'static [u8],
    /// The second part of `beginning`: the item Attribute Name.
    pub(super) name_item: &'static [u8],
    pub(super) versions: VersionRange,
    /// The header of a four-byte value under Attribute Value, and the function that takes such a value.
    pub(super) word: u64,
    pub(super) set: for<'a> fn(&mut AttributeValue<'a>, u32),
    /// `true` if an object may have several values of the attribute.
    pub(super) many: bool,
    /// Decodes a value under the tag into a place that owns nothing.
    pub(super) read: for<'a> fn(&mut AttributeValue<'a>, &mut Reader<'a>, Tag) -> Result<()>,
    /// Encodes a value of this attribute under the tag.
    pub(super) write: fn(&AttributeValue<'_>, Tag, &mut Writer) -> Result<()>,
}

impl Row {
    /// Returns the row of the attribute with this name in KMIP 1.x.
    pub(super) fn of_name(name: &str) -> Option<&'static Self> {
        NAMES.rows_at(Names::place(name.as_bytes())).find(|row| row.name == name)
    }

    /// Reads an Attribute Name that is in the table, and returns its row. Whole items are compared, so no further check
    /// is needed.
    #[inline(always)]
    pub(super) fn of_next_name(reader: &mut Reader<'_>) -> Option<&'static Self> {
        let ([.., a, b, c, d], rest) = reader.remaining().split_first_chunk::<8>()?;
        let name = rest.get(..u32::from_be_bytes([*a, *b, *c, *d]) as usize)?;
        NAMES.rows_at(Names::place(name)).find(|row| reader.take_encoded(row.name_item))
    }
}

/// Returns the number of bytes in [`beginning`].
const fn beginning_len(name: &str) -> usize {
    16 + name.len().next_multiple_of(8)
}

/// Returns the first bytes of an attribute with this name.
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

/// A hash table that the compiler builds, with more slots than names. A collision takes the next free slot.
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

    /// Returns a hash of a name. Length, first and last bytes tell almost all names apart.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a hash")]
    const fn place(name: &[u8]) -> usize {
        let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) else { return 0 };
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        let mixed = (first ^ last.rotate_left(9)).wrapping_add(name.len() as u32).wrapping_mul(0x9E37_79B1);
        (mixed >> 23) as usize
    }

    /// Returns the rows whose names have this hash.
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
    UniqueIdentifier(Id<'a>) = "Unique Identifier", UNIQUE_IDENTIFIER => one(unique_identifier);
    Name(Name<'a>) = "Name", NAME => many(names);
    ObjectType(ObjectType) = "Object Type", OBJECT_TYPE => one(object_type);
    CryptographicAlgorithm(CryptographicAlgorithm) = "Cryptographic Algorithm", CRYPTOGRAPHIC_ALGORITHM => one(cryptographic_algorithm);
    CryptographicLength(i32) = "Cryptographic Length", CRYPTOGRAPHIC_LENGTH => one(cryptographic_length);
    CryptographicParameters(Box<CryptographicParameters<'a>>) = "Cryptographic Parameters", CRYPTOGRAPHIC_PARAMETERS => many(cryptographic_parameters);
    CryptographicDomainParameters(CryptographicDomainParameters) = "Cryptographic Domain Parameters", CRYPTOGRAPHIC_DOMAIN_PARAMETERS => one_by_ref(cryptographic_domain_parameters);
    CertificateType(CertificateType) = "Certificate Type", CERTIFICATE_TYPE => one(certificate_type);
    CertificateIdentifier(CertificateIdentifier<'a>) = "Certificate Identifier", CERTIFICATE_IDENTIFIER in V1_0..=V1_4 => one_by_ref(certificate_identifier);
    CertificateSubject(CertificateSubject<'a>) = "Certificate Subject", CERTIFICATE_SUBJECT in V1_0..=V1_4 => one_by_ref(certificate_subject);
    CertificateIssuer(CertificateIssuer<'a>) = "Certificate Issuer", CERTIFICATE_ISSUER in V1_0..=V1_4 => one_by_ref(certificate_issuer);
    Digest(Digest<'a>) = "Digest", DIGEST => many(digests);
    OperationPolicyName(&'a str) = "Operation Policy Name", OPERATION_POLICY_NAME in V1_0..=V1_4 => one(operation_policy_name);
    CryptographicUsageMask(CryptographicUsageMask) = "Cryptographic Usage Mask", CRYPTOGRAPHIC_USAGE_MASK => one(cryptographic_usage_mask);
    LeaseTime(Interval) = "Lease Time", LEASE_TIME => one(lease_time);
    UsageLimits(UsageLimits) = "Usage Limits", USAGE_LIMITS => one_by_ref(usage_limits);
    State(State) = "State", STATE => one(state);
    InitialDate(DateTime) = "Initial Date", INITIAL_DATE => one(initial_date);
    ActivationDate(DateTime) = "Activation Date", ACTIVATION_DATE => one(activation_date);
    ProcessStartDate(DateTime) = "Process Start Date", PROCESS_START_DATE => one(process_start_date);
    ProtectStopDate(DateTime) = "Protect Stop Date", PROTECT_STOP_DATE => one(protect_stop_date);
    DeactivationDate(DateTime) = "Deactivation Date", DEACTIVATION_DATE => one(deactivation_date);
    DestroyDate(DateTime) = "Destroy Date", DESTROY_DATE => one(destroy_date);
    CompromiseOccurrenceDate(DateTime) = "Compromise Occurrence Date", COMPROMISE_OCCURRENCE_DATE => one(compromise_occurrence_date);
    CompromiseDate(DateTime) = "Compromise Date", COMPROMISE_DATE => one(compromise_date);
    RevocationReason(RevocationReason<'a>) = "Revocation Reason", REVOCATION_REASON => one_by_ref(revocation_reason);
    ArchiveDate(DateTime) = "Archive Date", ARCHIVE_DATE => one(archive_date);
    ObjectGroup(&'a str) = "Object Group", OBJECT_GROUP in V1_0..=V2_1 => many(object_groups);
    Link(Link<'a>) = "Link", LINK in V1_0..=V2_1 => many(links);
    ApplicationSpecificInformation(ApplicationSpecificInformation<'a>) = "Application Specific Information", APPLICATION_SPECIFIC_INFORMATION => many(application_specific_information);
    ContactInformation(&'a str) = "Contact Information", CONTACT_INFORMATION => one(contact_information);
    LastChangeDate(DateTime) = "Last Change Date", LAST_CHANGE_DATE => one(last_change_date);
    CertificateLength(i32) = "Certificate Length", CERTIFICATE_LENGTH in V1_1.. => one(certificate_length);
    X509CertificateIdentifier(X509CertificateIdentifier<'a>) = "X.509 Certificate Identifier", X_509_CERTIFICATE_IDENTIFIER in V1_1.. => one_by_ref(x509_certificate_identifier);
    X509CertificateSubject(X509CertificateSubject<'a>) = "X.509 Certificate Subject", X_509_CERTIFICATE_SUBJECT in V1_1.. => one_by_ref(x509_certificate_subject);
    X509CertificateIssuer(X509CertificateIssuer<'a>) = "X.509 Certificate Issuer", X_509_CERTIFICATE_ISSUER in V1_1.. => one_by_ref(x509_certificate_issuer);
    DigitalSignatureAlgorithm(DigitalSignatureAlgorithm) = "Digital Signature Algorithm", DIGITAL_SIGNATURE_ALGORITHM in V1_1.. => many(digital_signature_algorithms);
    Fresh(bool) = "Fresh", FRESH in V1_1.. => one(fresh);
    AlternativeName(AlternativeName<'a>) = "Alternative Name", ALTERNATIVE_NAME in V1_2.. => many(alternative_names);
    KeyValuePresent(bool) = "Key Value Present", KEY_VALUE_PRESENT in V1_2.. => one(key_value_present);
    KeyValueLocation(KeyValueLocation<'a>) = "Key Value Location", KEY_VALUE_LOCATION in V1_2.. => many(key_value_locations);
    OriginalCreationDate(DateTime) = "Original Creation Date", ORIGINAL_CREATION_DATE in V1_2.. => one(original_creation_date);
    RandomNumberGenerator(RngParameters) = "Random Number Generator", RANDOM_NUMBER_GENERATOR in V1_3.. => one_by_ref(random_number_generator);
    Pkcs12FriendlyName(&'a str) = "PKCS#12 Friendly Name", PKCS_12_FRIENDLY_NAME in V1_4.. => one(pkcs12_friendly_name);
    Description(&'a str) = "Description", DESCRIPTION in V1_4.. => one(description);
    Comment(&'a str) = "Comment", COMMENT in V1_4.. => one(comment);
    Sensitive(bool) = "Sensitive", SENSITIVE in V1_4.. => one(sensitive);
    AlwaysSensitive(bool) = "Always Sensitive", ALWAYS_SENSITIVE in V1_4.. => one(always_sensitive);
    Extractable(bool) = "Extractable", EXTRACTABLE in V1_4.. => one(extractable);
    NeverExtractable(bool) = "Never Extractable", NEVER_EXTRACTABLE in V1_4.. => one(never_extractable);
    KeyFormatType(KeyFormatType) = "Key Format Type", KEY_FORMAT_TYPE in V2_0.. => one(key_format_type);
    NistKeyType(NistKeyType) = "NIST Key Type", NIST_KEY_TYPE in V2_0.. => many(nist_key_types);
    OpaqueDataType(OpaqueDataType) = "Opaque Data Type", OPAQUE_DATA_TYPE in V2_0.. => one(opaque_data_type);
    ProtectionLevel(ProtectionLevel) = "Protection Level", PROTECTION_LEVEL in V2_0.. => one(protection_level);
    ProtectionPeriod(Interval) = "Protection Period", PROTECTION_PERIOD in V2_0.. => one(protection_period);
    ProtectionStorageMask(ProtectionStorageMask) = "Protection Storage Mask", PROTECTION_STORAGE_MASK in V2_0.. => one(protection_storage_mask);
    QuantumSafe(bool) = "Quantum Safe", QUANTUM_SAFE in V2_0.. => one(quantum_safe);
    ShortUniqueIdentifier(&'a [u8]) = "Short Unique Identifier", SHORT_UNIQUE_IDENTIFIER in V2_0.. => one(short_unique_identifier);
    RotateAutomatic(bool) = "Rotate Automatic", ROTATE_AUTOMATIC in V2_1.. => one(rotate_automatic);
    RotateDate(DateTime) = "Rotate Date", ROTATE_DATE in V2_1.. => one(rotate_date);
    RotateGeneration(i32) = "Rotate Generation", ROTATE_GENERATION in V2_1.. => one(rotate_generation);
    RotateInterval(Interval) = "Rotate Interval", ROTATE_INTERVAL in V2_1.. => one(rotate_interval);
    RotateLatest(bool) = "Rotate Latest", ROTATE_LATEST in V2_1.. => one(rotate_latest);
    RotateName(RotateName<'a>) = "Rotate Name", ROTATE_NAME in V2_1.. => one(rotate_name);
    RotateOffset(Interval) = "Rotate Offset", ROTATE_OFFSET in V2_1.. => one(rotate_offset);
    CertificateSubjectCn(&'a str) = "Certificate Subject CN", CERTIFICATE_SUBJECT_CN in V1_4.. => one(certificate_subject_cn);
    CertificateSubjectO(&'a str) = "Certificate Subject O", CERTIFICATE_SUBJECT_O in V1_4.. => one(certificate_subject_o);
    CertificateSubjectOu(&'a str) = "Certificate Subject OU", CERTIFICATE_SUBJECT_OU in V1_4.. => many(certificate_subject_ou);
    CertificateSubjectEmail(&'a str) = "Certificate Subject Email", CERTIFICATE_SUBJECT_EMAIL in V1_4.. => one(certificate_subject_email);
    CertificateSubjectC(&'a str) = "Certificate Subject C", CERTIFICATE_SUBJECT_C in V1_4.. => one(certificate_subject_c);
    CertificateSubjectSt(&'a str) = "Certificate Subject ST", CERTIFICATE_SUBJECT_ST in V1_4.. => one(certificate_subject_st);
    CertificateSubjectL(&'a str) = "Certificate Subject L", CERTIFICATE_SUBJECT_L in V1_4.. => one(certificate_subject_l);
    CertificateSubjectUid(&'a str) = "Certificate Subject UID", CERTIFICATE_SUBJECT_UID in V1_4.. => one(certificate_subject_uid);
    CertificateSubjectSerialNumber(&'a str) = "Certificate Subject Serial Number", CERTIFICATE_SUBJECT_SERIAL_NUMBER in V1_4.. => one(certificate_subject_serial_number);
    CertificateSubjectTitle(&'a str) = "Certificate Subject Title", CERTIFICATE_SUBJECT_TITLE in V1_4.. => one(certificate_subject_title);
    CertificateSubjectDc(&'a str) = "Certificate Subject DC", CERTIFICATE_SUBJECT_DC in V1_4.. => many(certificate_subject_dc);
    CertificateSubjectDnQualifier(&'a str) = "Certificate Subject DN Qualifier", CERTIFICATE_SUBJECT_DN_QUALIFIER in V1_4.. => one(certificate_subject_dn_qualifier);
    CertificateIssuerCn(&'a str) = "Certificate Issuer CN", CERTIFICATE_ISSUER_CN in V1_4.. => one(certificate_issuer_cn);
    CertificateIssuerO(&'a str) = "Certificate Issuer O", CERTIFICATE_ISSUER_O in V1_4.. => one(certificate_issuer_o);
    CertificateIssuerOu(&'a str) = "Certificate Issuer OU", CERTIFICATE_ISSUER_OU in V1_4.. => many(certificate_issuer_ou);
    CertificateIssuerEmail(&'a str) = "Certificate Issuer Email", CERTIFICATE_ISSUER_EMAIL in V1_4.. => one(certificate_issuer_email);
    CertificateIssuerC(&'a str) = "Certificate Issuer C", CERTIFICATE_ISSUER_C in V1_4.. => one(certificate_issuer_c);
    CertificateIssuerSt(&'a str) = "Certificate Issuer ST", CERTIFICATE_ISSUER_ST in V1_4.. => one(certificate_issuer_st);
    CertificateIssuerL(&'a str) = "Certificate Issuer L", CERTIFICATE_ISSUER_L in V1_4.. => one(certificate_issuer_l);
    CertificateIssuerUid(&'a str) = "Certificate Issuer UID", CERTIFICATE_ISSUER_UID in V1_4.. => one(certificate_issuer_uid);
    CertificateIssuerSerialNumber(&'a str) = "Certificate Issuer Serial Number", CERTIFICATE_ISSUER_SERIAL_NUMBER in V1_4.. => one(certificate_issuer_serial_number);
    CertificateIssuerTitle(&'a str) = "Certificate Issuer Title", CERTIFICATE_ISSUER_TITLE in V1_4.. => one(certificate_issuer_title);
    CertificateIssuerDc(&'a str) = "Certificate Issuer DC", CERTIFICATE_ISSUER_DC in V1_4.. => many(certificate_issuer_dc);
    CertificateIssuerDnQualifier(&'a str) = "Certificate Issuer DN Qualifier", CERTIFICATE_ISSUER_DN_QUALIFIER in V1_4.. => one(certificate_issuer_dn_qualifier);
    // KMIP 3.0, 4: these are missing from the registry, which had no text of that version. Counters and the fields of a
    // split key became attributes, and each kind of link has one of its own.
    ObjectClass(ObjectClass) = "Object Class", OBJECT_CLASS in V3_0.. => one(object_class);
    CredentialType(CredentialType) = "Credential Type", CREDENTIAL_TYPE in V3_0.. => one(credential_type);
    DeactivationReason(DeactivationReason<'a>) = "Deactivation Reason", DEACTIVATION_REASON in V3_0.. => one_by_ref(deactivation_reason);
    NistSecurityCategory(i32) = "NIST Security Category", NIST_SECURITY_CATEGORY in V3_0.. => one(nist_security_category);
    OtpCounter(&'a [u8]) = "OTP Counter", OTP_COUNTER in V3_0.. => one(otp_counter);
    KeyPartIdentifier(i32) = "Key Part Identifier", KEY_PART_IDENTIFIER in V3_0.. => one(key_part_identifier);
    SplitKeyMethod(SplitKeyMethod) = "Split Key Method", SPLIT_KEY_METHOD in V3_0.. => one(split_key_method);
    SplitKeyParts(i32) = "Split Key Parts", SPLIT_KEY_PARTS in V3_0.. => one(split_key_parts);
    SplitKeyPolynomial(SplitKeyPolynomial) = "Split Key Polynomial", SPLIT_KEY_POLYNOMIAL in V3_0.. => one(split_key_polynomial);
    SplitKeyThreshold(i32) = "Split Key Threshold", SPLIT_KEY_THRESHOLD in V3_0.. => one(split_key_threshold);
    CertificateSubjectDn(&'a str) = "Certificate Subject DN", CERTIFICATE_SUBJECT_DN in V3_0.. => one(certificate_subject_dn);
    CertificateIssuerDn(&'a str) = "Certificate Issuer DN", CERTIFICATE_ISSUER_DN in V3_0.. => one(certificate_issuer_dn);
    CertifyCounter(i64) = "Certify Counter", CERTIFY_COUNTER in V3_0.. => one(certify_counter);
    DecryptCounter(i64) = "Decrypt Counter", DECRYPT_COUNTER in V3_0.. => one(decrypt_counter);
    EncryptCounter(i64) = "Encrypt Counter", ENCRYPT_COUNTER in V3_0.. => one(encrypt_counter);
    SignCounter(i64) = "Sign Counter", SIGN_COUNTER in V3_0.. => one(sign_counter);
    SignatureVerifyCounter(i64) = "Signature Verify Counter", SIGNATURE_VERIFY_COUNTER in V3_0.. => one(signature_verify_counter);
    CertificateLink(ObjectLink<'a>) = "Certificate Link", CERTIFICATE_LINK in V3_0.. => many(certificate_links);
    CertificateRequestLink(ObjectLink<'a>) = "Certificate Request Link", CERTIFICATE_REQUEST_LINK in V3_0.. => many(certificate_request_links);
    ChildLink(ObjectLink<'a>) = "Child Link", CHILD_LINK in V3_0.. => many(child_links);
    CredentialLink(ObjectLink<'a>) = "Credential Link", CREDENTIAL_LINK in V3_0.. => many(credential_links);
    DerivationObjectLink(ObjectLink<'a>) = "Derivation Object Link", DERIVATION_OBJECT_LINK in V3_0.. => many(derivation_object_links);
    DerivedObjectLink(ObjectLink<'a>) = "Derived Object Link", DERIVED_OBJECT_LINK in V3_0.. => many(derived_object_links);
    GroupLink(ObjectLink<'a>) = "Group Link", GROUP_LINK in V3_0.. => many(group_links);
    JoinedSplitKeyPartsLink(ObjectLink<'a>) = "Joined Split Key Parts Link", JOINED_SPLIT_KEY_PARTS_LINK in V3_0.. => many(joined_split_key_parts_links);
    NextLink(ObjectLink<'a>) = "Next Link", NEXT_LINK in V3_0.. => many(next_links);
    ParentLink(ObjectLink<'a>) = "Parent Link", PARENT_LINK in V3_0.. => many(parent_links);
    PasswordLink(ObjectLink<'a>) = "Password Link", PASSWORD_LINK in V3_0.. => many(password_links);
    Pkcs12CertificateLink(ObjectLink<'a>) = "PKCS#12 Certificate Link", PKCS_12_CERTIFICATE_LINK in V3_0.. => many(pkcs12_certificate_links);
    Pkcs12PasswordLink(ObjectLink<'a>) = "PKCS#12 Password Link", PKCS_12_PASSWORD_LINK in V3_0.. => many(pkcs12_password_links);
    PreviousLink(ObjectLink<'a>) = "Previous Link", PREVIOUS_LINK in V3_0.. => many(previous_links);
    PrivateKeyLink(ObjectLink<'a>) = "Private Key Link", PRIVATE_KEY_LINK in V3_0.. => many(private_key_links);
    PublicKeyLink(ObjectLink<'a>) = "Public Key Link", PUBLIC_KEY_LINK in V3_0.. => many(public_key_links);
    ReplacedObjectLink(ObjectLink<'a>) = "Replaced Object Link", REPLACED_OBJECT_LINK in V3_0.. => many(replaced_object_links);
    ReplacementObjectLink(ObjectLink<'a>) = "Replacement Object Link", REPLACEMENT_OBJECT_LINK in V3_0.. => many(replacement_object_links);
    SplitKeyBaseLink(ObjectLink<'a>) = "Split Key Base Link", SPLIT_KEY_BASE_LINK in V3_0.. => many(split_key_base_links);
    WrappingKeyLink(ObjectLink<'a>) = "Wrapping Key Link", WRAPPING_KEY_LINK in V3_0.. => many(wrapping_key_links);
}
