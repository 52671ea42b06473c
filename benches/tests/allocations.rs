//! Allocations of the codec for each message of the benchmarks.

use allocation_counter::measure;
use benches::workload::{self, Workload};

/// Returns the number of allocations.
fn count<T>(run: impl Fn() -> T) -> u64 {
    measure(|| drop(run())).count_total
}

#[test]
fn decoding_allocates_its_lists_alone() {
    let [w1, w2, w3, w4, w5] = Workload::all();
    for w in [&w1, &w2, &w3, &w4, &w5] {
        assert_eq!(count(|| workload::walk(&w.frame)), 0, "walking {}", w.name);
    }
    // The batch; the identifiers of W3 and the attributes of W2 are a second list.
    for (w, lists) in [(&w1, 1), (&w3, 2), (&w4, 1), (&w5, 1)] {
        assert_eq!(count(|| workload::decode_response(&w.frame).expect("well formed")), lists, "{}", w.name);
    }
    assert_eq!(count(|| workload::decode_request(&w2.frame).expect("well formed")), 2);
}

#[test]
fn items_in_place_need_no_batch() {
    let [w1, w2, w3, w4, w5] = Workload::all();
    for (w, lists) in [(&w1, 0), (&w3, 1), (&w4, 0), (&w5, 0)] {
        let items = || workload::response_in_place(&w.frame, |item| _ = std::hint::black_box(item));
        assert_eq!(count(|| items().expect("well formed")), lists, "{}", w.name);
    }
    let items = || workload::request_in_place(&w2.frame, |item| _ = std::hint::black_box(item));
    assert_eq!(count(|| items().expect("well formed")), 1);
}

#[test]
fn encoding_allocates_its_buffer_alone() {
    let [w1, w2, w3, w4, w5] = Workload::all();
    // A message that does not fit into 512 bytes, and 256 more an item, moves once.
    for (w, buffers) in [(&w1, 1), (&w2, 1), (&w3, 2), (&w4, 1), (&w5, 2)] {
        let fresh = measure(|| drop(w.message.encode().expect("encodes")));
        assert_eq!(fresh.count_total, buffers, "{}", w.name);
        assert!(fresh.bytes_total <= 1_024 + w.frame.len() as u64 * 11 / 10, "{}: {}", w.name, fresh.bytes_total);
        let mut buffer = w.frame.clone();
        let reused = measure(|| w.message.encode_into(&mut buffer).expect("encodes"));
        assert_eq!(reused.count_total, 0, "{}", w.name);
    }
}
