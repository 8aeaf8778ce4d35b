//! ICMP errors of an unconnected UDP socket, by its error queue (`IP_RECVERR`, ip(7)).
//!
//! Without it the kernel tells an unconnected socket nothing, and a dead gateway costs Timer B (32 s).

#[cfg(target_os = "linux")]
pub(crate) use linux::{enable, next};

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{enable, next};

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, IoSliceMut};
    use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
    use std::os::fd::AsRawFd;

    use nix::libc;
    use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
    use tokio::net::UdpSocket;

    const ICMP_DEST_UNREACH: u8 = 3;
    const ICMPV6_DEST_UNREACH: u8 = 1;

    /// Asks the kernel to queue ICMP errors.
    pub(crate) fn enable(socket: &UdpSocket, address: SocketAddr) -> io::Result<()> {
        match address {
            SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true)?,
            SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true)?,
        }
        Ok(())
    }

    /// Takes one error off the queue; `WouldBlock` when it is empty.
    ///
    /// `None` is an error that RFC 3261 §18.4 wants ignored: only "unreachable" counts, not TTL exceeded or a
    /// message that was too big.
    pub(crate) fn next(socket: &UdpSocket) -> io::Result<Option<(SocketAddr, io::Error)>> {
        let mut payload = [0_u8; 64];
        let mut slices = [IoSliceMut::new(&mut payload)];
        let mut control = nix::cmsg_space!(libc::sock_extended_err, libc::sockaddr_in6);
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut slices, Some(&mut control), flags)?;
        let Some(destination) = message.address.as_ref().and_then(to_std) else { return Ok(None) };
        for part in message.cmsgs()? {
            let error = match part {
                ControlMessageOwned::Ipv4RecvErr(error, _) if error.ee_type == ICMP_DEST_UNREACH => error,
                ControlMessageOwned::Ipv6RecvErr(error, _) if error.ee_type == ICMPV6_DEST_UNREACH => error,
                _ => continue,
            };
            let number = i32::try_from(error.ee_errno).unwrap_or(libc::EHOSTUNREACH);
            if number != libc::EMSGSIZE {
                return Ok(Some((destination, io::Error::from_raw_os_error(number))));
            }
        }
        Ok(None)
    }

    fn to_std(address: &SockaddrStorage) -> Option<SocketAddr> {
        if let Some(v4) = address.as_sockaddr_in() {
            return Some(SocketAddr::V4(SocketAddrV4::new(v4.ip(), v4.port())));
        }
        let v6 = address.as_sockaddr_in6()?;
        Some(SocketAddr::V6(SocketAddrV6::new(v6.ip(), v6.port(), 0, 0)))
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;
    use std::net::SocketAddr;

    use tokio::net::UdpSocket;

    /// There is no such queue here; a dead gateway is found by its silence.
    pub(crate) fn enable(_: &UdpSocket, _: SocketAddr) -> io::Result<()> {
        Ok(())
    }

    /// The queue that does not exist is empty.
    pub(crate) fn next(_: &UdpSocket) -> io::Result<Option<(SocketAddr, io::Error)>> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}
