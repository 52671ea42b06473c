//! Operations in several parts: shared by those that can be given their data piece by piece (KMIP 2.1, 6.1; KMIP 1.4, 4).

/// The methods that make a request one part of several, the same for every request that can be. Since KMIP 1.3.
macro_rules! in_parts {
    ($request:ident) => {
        impl<'a> $request<'a> {
            /// Makes this the first of several parts. The reply has the Correlation Value that the others need.
            #[must_use]
            pub fn first_part(mut self) -> Self {
                self.init_indicator = Some(true);
                self
            }

            /// Makes this another part of the operation with the Correlation Value.
            #[must_use]
            pub fn next_part(mut self, correlation_value: &'a [u8]) -> Self {
                self.correlation_value = Some(correlation_value);
                self
            }

            /// Makes this the last part of the operation with the Correlation Value.
            #[must_use]
            pub fn last_part(mut self, correlation_value: &'a [u8]) -> Self {
                self.final_indicator = Some(true);
                self.next_part(correlation_value)
            }

            /// Whether the request is all there is, and no part of several.
            #[must_use]
            pub fn is_single_part(&self) -> bool {
                let first_of_several = self.init_indicator == Some(true) && self.final_indicator != Some(true);
                self.correlation_value.is_none() && !first_of_several
            }
        }
    };
}

pub(super) use in_parts;
