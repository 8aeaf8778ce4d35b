//! `strowger practice-carrier`.

use strowger_sip::{PracticeCarrier, PracticeConfig, SipError};

use crate::cli::PracticeArgs;
use crate::shutdown;

/// Answers calls until it is told to stop; one line a call on standard output.
#[expect(clippy::print_stdout, reason = "scripts read the address and the calls from standard output")]
pub async fn run(args: PracticeArgs) -> Result<(), SipError> {
    let PracticeArgs { listen, answer, after, ring } = args;
    let carrier = PracticeCarrier::bind(PracticeConfig { answer, after, ring, ..PracticeConfig::new(listen) }).await?;
    println!("listening sip={}", carrier.local_addr());
    carrier.run(shutdown::requested(), |call| println!("{call}")).await;
    Ok(())
}
