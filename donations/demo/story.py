"""Who gave what, how, and what became of it. The total is nowhere: it comes of the gifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VISA: Final = "4242424242424242"
MASTERCARD: Final = "5555555555554444"
AMEX: Final = "378282246310005"
AUTHENTICATED: Final = "4000002500003155"
DISPUTED: Final = "4000000000000259"
DECLINED: Final = "4000000000000002"
POOR: Final = "4000000000009995"


@dataclass(frozen=True, slots=True)
class Giver:
    """One person of the story. ``amount`` is in minor units (cents)."""

    name: str
    amount: int
    language: str = "en"
    message: str = ""
    card: str = VISA
    declined_first: str = ""
    #: Somebody who comes along on the same gift.
    friend: str = ""
    hide_name: bool = False
    hide_amount: bool = False
    cover_fee: bool = False
    without_seat: bool = False
    bank_debit: bool = False
    #: Wants the one seat of the second workshop.
    clinic: bool = False
    #: What becomes of it: "", "refund", "dispute_won" or "late".
    then: str = ""

    @property
    def email(self) -> str:
        """An address that can receive no mail outside the demo (RFC 2606)."""
        return f"{self.name.split()[0].lower()}.{len(self.name)}.{self.amount}@example.org"


GIVERS: Final = (
    Giver(
        "Inès Belkacem",
        4000,
        "fr",
        "J’ai plus appris en deux heures qu’en un mois. Et ça apporte de l’eau !",
    ),
    Giver("Karim Haddad", 2500, "fr", "De l’eau à côté, c’est du temps pour l’école."),
    Giver(
        "Mary O’Connor", 5000, "en", "My shop opens on Monday. Thank you, Olivier!", card=MASTERCARD
    ),
    Giver("Jean-Baptiste Moreau", 2000, "fr", card=AUTHENTICATED),
    Giver("Priya Raman", 3000, "en", "For every girl who walks for water.", card=AMEX),
    Giver("Tom Becker", 1000, "en"),
    Giver("Claire Fontaine", 2000, "fr", "Merci pour la clarté, et pour la cause."),
    Giver("Aiko Tanaka", 1500, "en", card=MASTERCARD),
    Giver("Hugo Lambert", 1000, "fr", hide_amount=True),
    Giver("Sarah Cohen", 10000, "en", "Matched what I would have paid for a course.", card=AMEX),
    Giver("Mamadou Diallo", 2000, "fr", "Au village, le puits a tout changé."),
    Giver("Elena Rossi", 2500, "en", friend="Marco Rossi"),
    Giver("Lucas Petit", 500, "fr"),
    Giver("Grace Mensah", 2000, "en", "Water first. Then everything else.", card=MASTERCARD),
    Giver("Antoine Girard", 3000, "fr", declined_first=DECLINED),
    Giver("Nora Lindqvist", 2500, "en", hide_name=True),
    Giver("Pierre Lefèvre", 1500, "fr"),
    Giver(
        "Dan Whitaker", 5000, "en", "Best two hours of my week.", hide_name=True, hide_amount=True
    ),
    Giver("Fatou Ndiaye", 1000, "fr", "Petit don, grand merci."),
    Giver("Olga Petrova", 2000, "en", card=AUTHENTICATED),
    Giver("Camille Roux", 2500, "fr", card=MASTERCARD),
    Giver("Samuel Ortiz", 1500, "en", "I finally understand shipping."),
    Giver("Léa Marchand", 2000, "fr", bank_debit=True),
    Giver("Ben Carter", 4400, "en", then="refund"),
    Giver("Youssef Amrani", 1000, "fr", declined_first=POOR),
    Giver("Hannah Fischer", 3000, "en", card=DISPUTED, then="dispute_won"),
    Giver("Gabriel Simon", 1500, "fr"),
    Giver("Wei Zhang", 2500, "en", card=MASTERCARD),
    Giver("Manon Dubois", 1000, "fr", "Pour l’eau, et pour toi, Olivier."),
    Giver("Rachel Green", 2000, "en", without_seat=True),
    Giver("Théo Garnier", 500, "fr", without_seat=True),
    Giver("Isabel Núñez", 3000, "en", "Cannot come, still want to give.", without_seat=True),
    Giver("Chloé Bernard", 2000, "fr"),
    Giver("Mike Johnson", 1500, "en", card=AMEX),
    Giver("Adama Traoré", 1000, "fr", "Chaque goutte compte."),
    Giver("Zoe Martin", 2000, "en", clinic=True, then="late"),
    Giver("Louis Chevalier", 1500, "fr"),
    Giver("Emma Davies", 4000, "en", "From all of us at the bakery.", card=MASTERCARD),
)

#: Takes the only seat that a late payer let go.
QUICKER: Final = Giver(
    "Victor Almeida", 2500, "en", "Thank you for looking at my shop!", clinic=True
)

STORY: Final = {
    "en": {
        "title": "Clean water, one workshop at a time",
        "story": (
            "I teach what I know about opening a web shop. You pay what you want.\n\n"
            "Every gift goes to people who walk hours for a bucket of water, through "
            "**charity: water**, which builds wells and shows each of them on a map.\n\n"
            "It takes me an evening. It takes you two hours and whatever you want to give."
        ),
    },
    "fr": {
        "title": "De l’eau potable, un atelier après l’autre",
        "story": (
            "J’enseigne ce que je sais : ouvrir une boutique en ligne. Vous donnez ce que vous "
            "voulez.\n\nChaque don va à celles et ceux qui marchent des heures pour un seau d’eau, "
            "grâce à **charity: water**, qui creuse des puits et les montre un à un sur une "
            "carte.\n\n"
            "Il m’en coûte une soirée. À vous, deux heures et ce que vous voulez donner."
        ),
    },
}

WORKSHOP: Final = {
    "en": {
        "title": "How to open a web shop",
        "summary": (
            "Two hours, live, with your questions. From choosing what to sell to the first order."
        ),
        "description": (
            "## What we do\n\n- Choose something that already sells\n- A tidy shop in one evening\n"
            "- Being found, without jargon\n- Payments, shipping, and what the law asks\n\n"
            "Bring a notebook and an idea, even a vague one. No technical knowledge needed."
        ),
    },
    "fr": {
        "title": "Créer sa boutique en ligne",
        "summary": (
            "Deux heures en direct, avec vos questions. Du choix du produit à la première commande."
        ),
        "description": (
            "## Au programme\n\n- Choisir un produit qui se vend déjà\n"
            "- Une boutique propre en une soirée\n- Le référencement sans jargon\n"
            "- Le paiement, l’envoi, et ce que demande la loi\n\n"
            "Apportez un carnet et une idée, même vague. Aucune connaissance technique requise."
        ),
    },
}

CLINIC: Final = {
    "en": {
        "title": "One shop on the operating table",
        "summary": "One person, one hour, one shop: we look at yours together.",
        "description": "Bring the address of your shop. We go through it from the first click.",
    },
    "fr": {
        "title": "Une boutique sur la table d’opération",
        "summary": "Une personne, une heure, une boutique : nous regardons la vôtre ensemble.",
        "description": "Apportez l’adresse de votre boutique : nous la parcourons pas à pas.",
    },
}
