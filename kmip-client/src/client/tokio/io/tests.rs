use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

/// Starts an echo server, and returns its address.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for tcp in listener.incoming() {
            let mut tcp = tcp.unwrap();
            thread::spawn(move || io::copy(&mut tcp.try_clone().unwrap(), &mut tcp));
        }
    });
    address
}

async fn ping(socket: &mut Tcp) {
    socket.write_all(b"ping", soon()).await.unwrap();
    let mut buffer = [0; 8];
    assert_eq!(socket.read(&mut buffer, soon()).await.unwrap(), 4);
}

#[test]
fn a_connection_goes_on_in_another_runtime() {
    let address = echo();
    // The runtime that opened it is idle, or gone.
    for is_gone in [false, true] {
        let (first, second) = (runtime(), runtime());
        let mut socket = first.block_on(Tokio::default().connect(address, soon())).unwrap();
        first.block_on(ping(&mut socket));
        let kept = (!is_gone).then_some(first);
        second.block_on(ping(&mut socket));
        let late = second.block_on(socket.read(&mut [0; 8], Instant::now() + Duration::from_millis(50)));
        assert_eq!(late.unwrap_err().kind(), io::ErrorKind::TimedOut, "is_gone: {is_gone}");
        drop(kept);
    }
}

#[test]
fn a_wait_that_moves_to_another_runtime_in_the_middle_goes_on_there() {
    let (address, first, second) = (echo(), runtime(), runtime());
    let mut socket = first.block_on(Tokio::default().connect(address, soon())).unwrap();
    let mut buffer = [0; 8];
    let mut reading = Box::pin(socket.read(&mut buffer, soon()));
    first.block_on(poll_fn(|context| {
        assert!(reading.as_mut().poll(context).is_pending());
        Poll::Ready(())
    }));
    // Nothing arrives, so only the second runtime keeps the deadline.
    drop(reading);
    let mut reading = Box::pin(socket.read(&mut buffer, Instant::now() + Duration::from_millis(50)));
    first.block_on(poll_fn(|context| {
        assert!(reading.as_mut().poll(context).is_pending());
        Poll::Ready(())
    }));
    assert_eq!(second.block_on(reading).unwrap_err().kind(), io::ErrorKind::TimedOut);
    // Arriving data wakes the task there.
    second.block_on(ping(&mut socket));
}

#[test]
fn a_runtime_that_lacks_something_is_an_error() {
    let address = echo();
    let what = |runtime: &Runtime| {
        let error = runtime.block_on(Tokio::default().connect(address, soon())).map(drop).unwrap_err();
        assert!(error.to_string().contains("enable_all"), "{error}");
        let waited = runtime.block_on(Tokio::default().until(soon(), std::future::pending::<()>()));
        waited.unwrap_err()
    };
    let bare = what(&Builder::new_current_thread().build().unwrap());
    assert!(bare.to_string().contains("enable_all"), "{bare}");
    let without_io = Builder::new_current_thread().enable_time().build().unwrap();
    let error = without_io.block_on(Tokio::default().connect(address, soon())).map(drop).unwrap_err();
    assert!(error.to_string().contains("enable_all"), "{error}");

    let network = Tokio::default();
    let mut outside = pin!(network.connect(address, soon()));
    let Poll::Ready(error) = outside.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())) else {
        panic!("it pends")
    };
    assert!(error.map(drop).unwrap_err().to_string().contains("no tokio runtime"));
}
