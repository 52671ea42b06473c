//! The one attribute table: name, tag, type, versions and getter of each attribute.

pub(super) use kmip_ttlv::enumeration::{
    CertificateType, CredentialType, CryptographicAlgorithm, CryptographicUsageMask, DigitalSignatureAlgorithm,
    KeyFormatType, NistKeyType, ObjectClass, ObjectType, OpaqueDataType, ProtectionLevel, ProtectionStorageMask,
    SplitKeyMethod, SplitKeyPolynomial, State,
};
pub(super) use kmip_ttlv::{DateTime, Interval, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0};

pub(super) use super::structure::{
    AlternativeName, ApplicationSpecificInformation, CertificateIdentifier, CertificateIssuer, CertificateSubject,
    CryptographicDomainParameters, CryptographicParameters, DeactivationReason, Digest, KeyValueLocation, Link, Name,
    ObjectLink, RevocationReason, RngParameters, RotateName, UsageLimits, X509CertificateIdentifier,
    X509CertificateIssuer, X509CertificateSubject,
};
pub(super) use crate::protocol::Id;

/// A row has the variant with its type, the name in KMIP 1.x, the tag in KMIP 2.x, the versions (all by default), and
/// the getter of [`Attributes`]: `one` if an object has at most one value, `one_by_ref` if the type is not `Copy`, or
/// `many`.
///
/// The table goes into the macro that is named: one makes [`AttributeValue`](super::AttributeValue) of it, another the
/// getters. Such a macro imports the types of the rows from here.
macro_rules! attributes {
    ($make:ident) => {
        $make! {
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
            // KMIP 3.0, 4: these are missing from the registry, which had no text of that version. Counters and the
            // fields of a split key became attributes, and each kind of link has one of its own.
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
    };
}
pub(super) use attributes;
