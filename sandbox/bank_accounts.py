"""Stripe's test bank accounts, and how a debit from each of them ends.

Sources: docs.stripe.com/testing, docs.stripe.com/payments/ach-direct-debit/accept-a-payment (US
accounts) and docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration (IBANs).
"""

from dataclasses import dataclass

SEPA = "sepa_debit"
US = "us_bank_account"
# Bank debits take one currency each; both are delayed notification methods.
BY_CURRENCY = {"eur": SEPA, "usd": US}
ROUTING_NUMBER = "110000000"
SOON = 10
LATER = 180
NOT_AUTHORIZED = (
    "debit_not_authorized",
    "The customer has notified their bank that the payment was unauthorized.",
)


@dataclass(frozen=True)
class BankAccount:
    """One test bank account.

    ``number`` is an IBAN or an account number. ``failure`` is (code, message). ``settles`` in
    seconds of the sandbox clock; None: when told to.
    """

    kind: str
    number: str
    settles: int | None = SOON
    failure: tuple[str, str] | None = None
    disputed: bool = False

    @property
    def last4(self) -> str:
        """The last four characters."""
        return self.number[-4:]


_ACCOUNTS = (
    BankAccount(SEPA, "AT611904300234573201"),
    BankAccount(SEPA, "AT321904300235473204", settles=LATER),
    BankAccount(SEPA, "AT861904300235473202", failure=NOT_AUTHORIZED),
    BankAccount(SEPA, "AT051905300235473205", settles=LATER, failure=NOT_AUTHORIZED),
    # The account in the command-line tool's fixture of checkout.session.async_payment_failed.
    BankAccount(SEPA, "IT60X0542811101000000123456", failure=NOT_AUTHORIZED),
    BankAccount(SEPA, "DE89370400440532013000", settles=None),
    BankAccount(US, "000123456789"),
    BankAccount(
        US,
        "000111111113",
        failure=("account_closed", "The customer's bank account has been closed."),
    ),
    BankAccount(
        US,
        "000111111116",
        failure=("no_account", "The customer's bank account could not be located."),
    ),
    BankAccount(
        US,
        "000222222227",
        failure=("insufficient_funds", "The customer's account has insufficient funds."),
    ),
    BankAccount(US, "000333333335", failure=NOT_AUTHORIZED),
    BankAccount(
        US,
        "000444444440",
        failure=("invalid_currency", "The bank could not process a payment in this currency."),
    ),
    BankAccount(US, "000555555559", disputed=True),
    BankAccount(US, "000000000009", settles=None),
)
ACCOUNTS = {(account.kind, account.number): account for account in _ACCOUNTS}
# The accounts whose debits end only when the dashboard or a control says how.
WHEN_TOLD = {account.kind: account.number for account in _ACCOUNTS if account.settles is None}
TOKENS = {
    "success": "000123456789",
    "accountClosed": "000111111113",
    "noAccount": "000111111116",
    "insufficientFunds": "000222222227",
    "debitNotAuthorized": "000333333335",
    "invalidCurrency": "000444444440",
    "dispute": "000555555559",
    "processing": "000000000009",
}


def find(kind: str, number: str) -> BankAccount | None:
    """The test account of this kind with this number (spaces allowed); None if there is none.

    A US account can also be named by Stripe's token, ``pm_usBankAccount_x``.
    """
    text = number.replace(" ", "")
    if text.startswith("pm_usBankAccount_"):
        text = TOKENS.get(text.removeprefix("pm_usBankAccount_"), "")
    return ACCOUNTS.get((kind, text.upper()))


def offered(currency: str) -> list[str]:
    """The ways of paying in a currency: cards always, and its bank debit where there is one."""
    return ["card", *([BY_CURRENCY[currency]] if currency in BY_CURRENCY else [])]
