"""What the hosted page says, in English and French."""

from sandbox.money import exponent

WORDS = {
    "en": {
        "language": "en",
        "banner": "Sandbox: no real money moves",
        "banner_detail": "This page stands in for Stripe’s. Only test cards work here.",
        "back": "Back",
        "cancel": "Cancel and go back",
        "to_pay": "To pay",
        "until": "You can pay until {time}.",
        "pay": "Pay {amount}",
        "donate": "Give {amount}",
        "book": "Book for {amount}",
        "free": "Confirm",
        "email": "Email",
        "method": "How do you want to pay?",
        "card": "Card",
        "sepa_debit": "Bank debit (SEPA)",
        "us_bank_account": "US bank account (ACH debit)",
        "number": "Card number",
        "expiry": "Expiry date (MM / YY)",
        "cvc": "Security code (CVC)",
        "name": "Full name",
        "iban": "IBAN",
        "routing_number": "Routing number",
        "account_number": "Account number",
        "cards_title": "Try another test card",
        "cards_hint": "A card that works is filled in already. Choose another one to see what "
        "happens.",
        "accounts_title": "Try another test account",
        "accounts_hint": "An account that works is filled in already. A debit takes a while to "
        "succeed or fail.",
        "card_pays": "Pays",
        "card_declined": "Declined",
        "card_funds": "Insufficient funds",
        "card_secure": "Asks for 3-D Secure",
        "card_disputed": "Pays, disputed later",
        "debit_succeeds": "Succeeds in 10 seconds",
        "debit_fails": "Fails in 10 seconds",
        "debit_funds": "Insufficient funds, after 10 seconds",
        "debit_closed": "Account closed, after 10 seconds",
        "debit_disputed": "Succeeds, disputed later",
        "debit_told": "Waits for the dashboard",
        "error_title": "The payment did not go through",
        "error_retry": "Nothing was taken. You can try again with another card.",
        "check_title": "Please check what you typed",
        "bad_email": "Enter an email address, such as ines@example.org.",
        "bad_number": "This is not one of Stripe’s test cards. Choose one from the list.",
        "bad_expiry": "Enter a date in the future, such as 12 / 34.",
        "bad_cvc": "Enter the 3 or 4 digits of the security code.",
        "bad_iban": "This is not one of Stripe’s test accounts. Choose one from the list.",
        "bad_account_number": "This is not one of Stripe’s test accounts. Choose one from the "
        "list.",
        "bad_routing_number": "Enter the test routing number, 110000000.",
        "bad_name": "Enter the name of the account holder.",
        "secure_title": "Confirm that it is you",
        "secure_text": "Your bank would ask you for a code now. Here you choose what happens.",
        "secure_yes": "Complete",
        "secure_no": "Fail",
        "expired_title": "This page has expired",
        "expired_text": "Nothing was paid. Go back to start again.",
        "paid_title": "This is already paid",
        "paid_text": "Thank you. Nothing more to do here.",
        "continue": "Continue",
        "missing_title": "There is nothing here",
        "missing_text": "This payment page does not exist, or the sandbox was reset.",
        "receipt": "Receipt",
        "refunded": "Refunded",
        "connect_title": "Connect your account",
        "connect_text": "Stripe would ask you for all of this. In the sandbox a tick answers it; "
        "nothing is checked and nobody is asked.",
        "connect_steps": "What you hand in",
        "connect_organization": "The organization: name, address, tax number",
        "connect_profile": "Its web site and what it does",
        "connect_person": "Who signs for it: name, date of birth, identity document",
        "connect_bank": "The bank account",
        "connect_terms": "Yes to Stripe’s terms of service",
        "connect_currency": "Currency of the bank account",
        "connect_save": "Save what is ticked",
        "connect_yes": "Fill in everything",
        "connect_no": "Later",
        "connect_late": "This link has expired. Ask for a new one.",
    },
    "fr": {
        "language": "fr",
        "banner": "Bac à sable : aucun argent réel ne circule",
        "banner_detail": "Cette page remplace celle de Stripe. Seules les cartes de test "
        "fonctionnent ici.",
        "back": "Retour",
        "cancel": "Annuler et revenir",
        "to_pay": "À régler",
        "until": "Vous pouvez payer jusqu’à {time}.",
        "pay": "Payer {amount}",
        "donate": "Donner {amount}",
        "book": "Réserver pour {amount}",
        "free": "Confirmer",
        "email": "Adresse e-mail",
        "method": "Comment voulez-vous payer ?",
        "card": "Carte bancaire",
        "sepa_debit": "Prélèvement SEPA",
        "us_bank_account": "Compte bancaire américain (prélèvement ACH)",
        "number": "Numéro de carte",
        "expiry": "Date d’expiration (MM / AA)",
        "cvc": "Code de sécurité (CVC)",
        "name": "Nom complet",
        "iban": "IBAN",
        "routing_number": "Numéro d’acheminement (routing number)",
        "account_number": "Numéro de compte",
        "cards_title": "Essayer une autre carte de test",
        "cards_hint": "Une carte qui fonctionne est déjà saisie. Choisissez-en une autre pour "
        "voir ce qui se passe.",
        "accounts_title": "Essayer un autre compte de test",
        "accounts_hint": "Un compte qui fonctionne est déjà saisi. Un prélèvement met un moment à "
        "réussir ou à échouer.",
        "card_pays": "Paie",
        "card_declined": "Refusée",
        "card_funds": "Provision insuffisante",
        "card_secure": "Demande 3-D Secure",
        "card_disputed": "Paie, contestée ensuite",
        "debit_succeeds": "Réussit après 10 secondes",
        "debit_fails": "Échoue après 10 secondes",
        "debit_funds": "Provision insuffisante, après 10 secondes",
        "debit_closed": "Compte fermé, après 10 secondes",
        "debit_disputed": "Réussit, contesté ensuite",
        "debit_told": "Attend le tableau de bord",
        "error_title": "Le paiement n’est pas passé",
        "error_retry": "Rien n’a été débité. Vous pouvez réessayer avec une autre carte.",
        "check_title": "Vérifiez votre saisie",
        "bad_email": "Saisissez une adresse e-mail, par exemple ines@example.org.",
        "bad_number": "Ce n’est pas une carte de test de Stripe. Choisissez-en une dans la liste.",
        "bad_expiry": "Saisissez une date à venir, par exemple 12 / 34.",
        "bad_cvc": "Saisissez les 3 ou 4 chiffres du code de sécurité.",
        "bad_iban": "Ce n’est pas un compte de test de Stripe. Choisissez-en un dans la liste.",
        "bad_account_number": "Ce n’est pas un compte de test de Stripe. Choisissez-en un dans la "
        "liste.",
        "bad_routing_number": "Saisissez le numéro de test, 110000000.",
        "bad_name": "Saisissez le nom du titulaire du compte.",
        "secure_title": "Confirmez que c’est bien vous",
        "secure_text": "Votre banque vous demanderait un code maintenant. Ici, c’est vous qui "
        "décidez de la suite.",
        "secure_yes": "Valider",
        "secure_no": "Échouer",
        "expired_title": "Cette page a expiré",
        "expired_text": "Rien n’a été payé. Revenez en arrière pour recommencer.",
        "paid_title": "C’est déjà payé",
        "paid_text": "Merci. Vous n’avez plus rien à faire ici.",
        "continue": "Continuer",
        "missing_title": "Il n’y a rien ici",
        "missing_text": "Cette page de paiement n’existe pas, ou le bac à sable a été remis à "
        "zéro.",
        "receipt": "Reçu",
        "refunded": "Remboursé",
        "connect_title": "Connectez votre compte",
        "connect_text": "Stripe vous demanderait tout ceci. Dans le bac à sable, il suffit de "
        "cocher ; rien n’est vérifié et rien n’est demandé à personne.",
        "connect_steps": "Ce que vous fournissez",
        "connect_organization": "L’organisation : nom, adresse, numéro fiscal",
        "connect_profile": "Son site web et ce qu’elle fait",
        "connect_person": "Qui signe pour elle : nom, date de naissance, pièce d’identité",
        "connect_bank": "Le compte bancaire",
        "connect_terms": "L’accord sur les conditions de Stripe",
        "connect_currency": "Devise du compte bancaire",
        "connect_save": "Enregistrer ce qui est coché",
        "connect_yes": "Tout remplir",
        "connect_no": "Plus tard",
        "connect_late": "Ce lien a expiré. Demandez-en un nouveau.",
    },
}
DECLINES = {
    "en": {},
    "fr": {
        "generic_decline": "Votre carte a été refusée.",
        "insufficient_funds": "La provision de votre carte est insuffisante.",
        "lost_card": "Votre carte a été refusée.",
        "stolen_card": "Votre carte a été refusée.",
        "fraudulent": "Votre carte a été refusée.",
        "expired_card": "Votre carte a expiré.",
        "incorrect_cvc": "Le code de sécurité de votre carte est incorrect.",
        "processing_error": "Une erreur est survenue pendant le traitement de votre carte. "
        "Réessayez dans un instant.",
        "payment_intent_authentication_failure": "Nous n’avons pas pu vérifier votre identité. "
        "Choisissez un autre moyen de paiement et réessayez.",
    },
}
SYMBOLS = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "jpy": "¥",
    "chf": "CHF",
    "cad": "CA$",
    "aud": "A$",
    "inr": "₹",
    "krw": "₩",
    "brl": "R$",
}
NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"


def choose(locale: str | None, accepted: str) -> dict[str, str]:
    """The words in the session's language, else in the browser's, else English.

    ``accepted`` is the Accept-Language header. Source:
    docs.stripe.com/js/appendix/supported_locales.
    """
    if locale and locale != "auto":
        return WORDS["fr" if locale.startswith("fr") else "en"]
    for entry in accepted.lower().split(","):
        language = entry.split(";")[0].strip()[:2]
        if language in WORDS:
            return WORDS[language]
    return WORDS["en"]


def decline(words: dict[str, str], code: str | None, message: str) -> str:
    """What a donor reads about a declined card; Stripe's own English where there is no French."""
    return DECLINES[words["language"]].get(code or "", message)


def money(amount_minor: int, currency: str, language: str) -> str:
    """``$1,020.50`` or ``1 020,50 €``."""
    places = exponent(currency)
    whole, part = divmod(abs(amount_minor), 10**places)
    symbol = SYMBOLS.get(currency, currency.upper())
    fraction = f"{part:0{places}d}" if places else ""
    sign = "-" if amount_minor < 0 else ""
    if language == "fr":
        text = f"{whole:,}".replace(",", NARROW_SPACE) + (f",{fraction}" if places else "")
        shown = f"{symbol}US" if currency == "usd" else symbol
        return f"{sign}{text}{NO_BREAK_SPACE}{shown}"
    text = f"{whole:,}" + (f".{fraction}" if places else "")
    gap = "" if len(symbol) == 1 or symbol.endswith("$") else NO_BREAK_SPACE
    return f"{sign}{symbol}{gap}{text}"
