//! What WASI shows a selector of the machine.

use wasip2::cli::{exit, stderr, stdout};
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::filesystem::preopens;
use wasip2::io::streams::OutputStream;
use wasip2::random::random;
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};

fn write(stream: &OutputStream, text: &str) {
    let _ = stream.blocking_write_and_flush(text.as_bytes());
}

pub(crate) fn speak() {
    let output = stdout::get_stdout();
    let before = wall_clock::now();
    write(&output, &format!("time {}.{}\n", before.seconds, before.nanoseconds));
    let after = wall_clock::now();
    write(&output, &format!("still {}\n", after.seconds == before.seconds && after.nanoseconds == before.nanoseconds));
    write(&output, &format!("step {}\n", monotonic_clock::now() < monotonic_clock::now()));
    write(&output, &format!("chance {:x} {:?}", random::get_random_u64(), random::get_random_bytes(4)));
    write(&stderr::get_stderr(), "bad\u{7}\nworse");
}

pub(crate) fn sleep() {
    monotonic_clock::subscribe_duration(1_000_000_000).block();
}

pub(crate) fn exit() -> ! {
    exit::exit(Err(()));
    unreachable!()
}

pub(crate) fn look_around() {
    let tcp = tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4).err();
    let udp = udp_create_socket::create_udp_socket(IpAddressFamily::Ipv6).err();
    let name = ip_name_lookup::resolve_addresses(&instance_network::instance_network(), "localhost").err();
    let files = preopens::get_directories().len();
    let environment = wasip2::cli::environment::get_environment().len();
    write(&stdout::get_stdout(), &format!("{tcp:?} {udp:?} {name:?} {files} {environment}\n"));
}

pub(crate) fn much_chance() -> u32 {
    u32::try_from(random::get_random_bytes(1 << 30).len()).unwrap_or(0)
}
