use strowger_model::AccountId;

use super::*;

const SECOND: u64 = 1_000_000_000;

fn accounts(limits: AccountLimits) -> Accounts {
    Accounts::new(limits, 10)
}

fn seat(accounts: &Accounts, owner: Owner) -> Result<Seat, Scarce> {
    Seat::take(accounts.get(owner), Arc::default(), 4)
}

fn owner() -> Owner {
    AccountId::random().into()
}

#[test]
fn an_account_over_its_instances_leaves_the_others_theirs() {
    let accounts = accounts(AccountLimits { instances: 2, ..AccountLimits::default() });
    let (one, other) = (owner(), owner());
    let held = [seat(&accounts, one).unwrap(), seat(&accounts, one).unwrap()];
    assert_eq!(seat(&accounts, one).err(), Some(Scarce::AccountInstances(2)));
    assert!(seat(&accounts, other).is_ok());
    assert_eq!((accounts.usage(one).instances, accounts.usage(one).rejected), (2, 1));
    drop(held);
    assert_eq!(accounts.usage(one).instances, 0);
    assert!(seat(&accounts, one).is_ok());
}

#[test]
fn a_place_that_is_refused_takes_none_of_another_kind() {
    let accounts = accounts(AccountLimits::default());
    let (owner, tally) = (owner(), Arc::<Tally>::default());
    let take = || Seat::take(accounts.get(owner), Arc::clone(&tally), 1);
    let held = take().unwrap();
    assert_eq!(take().err(), Some(Scarce::PluginInstances(1)));
    drop(held);
    assert_eq!(accounts.node.instances.load(Ordering::Relaxed), 0);
    let all: Vec<Seat> = (0..10).map(|_| seat(&accounts, owner).unwrap()).collect();
    assert_eq!(seat(&accounts, Owner::System).err(), Some(Scarce::NodeInstances));
    drop(all);
}

#[test]
fn memory_is_summed_over_the_instances_of_an_account_and_given_back() {
    let accounts = accounts(AccountLimits { memory_bytes: 100, ..AccountLimits::default() });
    let owner = owner();
    let (mut first, mut second) = (seat(&accounts, owner).unwrap(), seat(&accounts, owner).unwrap());
    first.grow(60).unwrap();
    assert_eq!(second.grow(41), Err(Scarce::AccountMemory(100)));
    second.grow(40).unwrap();
    assert_eq!(accounts.usage(owner).memory_bytes, 100);
    drop(first);
    second.grow(60).unwrap();
}

#[test]
fn fuel_is_paid_afterwards_and_the_debt_shrinks_with_time() {
    let accounts = accounts(AccountLimits { fuel_per_second: 100, ..AccountLimits::default() });
    let account = accounts.get(owner());
    account.pay_at(0, 999);
    assert_eq!(account.admit_at(0), Ok(()));
    account.pay_at(0, 101);
    assert_eq!(account.admit_at(0), Err(Scarce::AccountFuel(100)));
    assert_eq!(account.admit_at(2 * SECOND), Ok(()));
}

#[test]
fn the_installation_itself_has_no_budget() {
    let accounts = accounts(AccountLimits { instances: 0, memory_bytes: 0, fuel_per_second: 1 });
    let mut seat = seat(&accounts, Owner::System).unwrap();
    seat.grow(1 << 30).unwrap();
    seat.pay(u64::MAX);
    assert_eq!(seat.admit(), Ok(()));
}
