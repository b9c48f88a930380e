"""Where the invented people live and what they are called: rows to choose from.

Given names are common ones, family names are put together from two halves; who bears one of these names is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Place:
    """A city with its share of the customers, and how much more often than elsewhere parcels come late there."""

    city: str
    country: str
    language: str
    zone: str
    weight: float
    lateness: float = 1.0


@dataclass(frozen=True, slots=True)
class Names:
    """Given names, and two halves of family names."""

    given: tuple[str, ...]
    first_half: tuple[str, ...]
    second_half: tuple[str, ...]

    @property
    def family(self) -> tuple[str, ...]:
        """Every family name that the halves give."""
        return tuple(one + two for one in self.first_half for two in self.second_half)


PLACES: tuple[Place, ...] = (
    Place("Berlin", "Germany", "de", "Europe/Berlin", 9),
    Place("Hamburg", "Germany", "de", "Europe/Berlin", 6),
    Place("München", "Germany", "de", "Europe/Berlin", 7),
    Place("Köln", "Germany", "de", "Europe/Berlin", 5),
    Place("Wien", "Austria", "de", "Europe/Vienna", 5),
    Place("London", "United Kingdom", "en", "Europe/London", 8, 1.4),
    Place("Manchester", "United Kingdom", "en", "Europe/London", 4, 1.4),
    Place("Edinburgh", "United Kingdom", "en", "Europe/London", 3, 1.5),
    Place("Dublin", "Ireland", "en", "Europe/Dublin", 4, 1.2),
    Place("Paris", "France", "fr", "Europe/Paris", 8),
    Place("Lyon", "France", "fr", "Europe/Paris", 4),
    Place("Madrid", "Spain", "es", "Europe/Madrid", 6, 1.2),
    Place("Valencia", "Spain", "es", "Europe/Madrid", 3, 1.3),
    Place("Las Palmas", "Spain", "es", "Atlantic/Canary", 1, 2.2),
    Place("Milano", "Italy", "it", "Europe/Rome", 6, 1.1),
    Place("Bologna", "Italy", "it", "Europe/Rome", 3, 1.1),
    Place("Amsterdam", "Netherlands", "nl", "Europe/Amsterdam", 6),
    Place("Warszawa", "Poland", "pl", "Europe/Warsaw", 5),
    Place("Kraków", "Poland", "pl", "Europe/Warsaw", 3),
    Place("Lisboa", "Portugal", "pt", "Europe/Lisbon", 4, 1.3),
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES = MappingProxyType(
    {
        "de": Names(
            _words(
                "Anna Lena Jonas Felix Marie Paul Jürgen Sabine Katrin Uwe Greta Emil Ida Moritz Heike Björn"
            ),
            _words("Linden Birken Stein Wald Rosen Winter Eber Hohen Grün Silber"),
            _words("hof berg müller feld brunn wieser stett acker"),
        ),
        "en": Names(
            _words(
                "Alice Oliver Emma Jack Grace Harry Niamh Callum Ruth Owen Isla Ewan Megan Arthur Ciara Hugh"
            ),
            _words("Ash Thorn Black Whit Brook Lang Stan Hart Mill Elm"),
            _words("worth field combe ley ford well stead ham"),
        ),
        "fr": Names(
            _words("Camille Hugo Léa Louis Manon Jules Chloé Émile Inès Théo Agnès Bruno Zoé Rémi Odile Luc"),
            _words("Beau Belle Mont Clair Roche Haute Val Bois Font Ville"),
            _words("mont fort champ pré neuve ville val main"),
        ),
        "es": Names(
            _words(
                "Lucía Mateo Sofía Hugo Martina Pablo Carmen Álvaro Elena Diego Inés Javier Nuria Raúl Pilar Íñigo"
            ),
            _words("Villa Monte Roble Fuente Campo Torre Piedra Sierra Rio Casa"),
            _words("blanca nueva alta verde rubio mayor real seca"),
        ),
        "it": Names(
            _words(
                "Giulia Luca Chiara Marco Sara Matteo Elisa Davide Nicolò Paola Bianca Pietro Irene Dario Livia Ugo"
            ),
            _words("Monte Bella Casa Fonte Rocca Campo Selva Prato Torre Villa"),
            _words("rossi verdi franca nova lunga chiari bruni santi"),
        ),
        "nl": Names(
            _words("Sanne Daan Lotte Sem Femke Bram Anouk Thijs Maud Joost Elin Ruben Noor Wouter Tess Koen"),
            _words("Wester Ooster Groen Hazel Molen Berg Water Linde Heide Noord"),
            _words("veld dijk huis meer brink laan hof kamp"),
        ),
        "pl": Names(
            _words(
                "Zofia Łukasz Julia Jan Maja Piotr Żaneta Tomasz Ewa Paweł Ola Marek Hanna Michał Iga Bartosz"
            ),
            _words("Brzoz Lip Wierzb Jasień Dąbr Sosn Kamień Zielin Górn Las"),
            _words("ak ecki owicz ik iński owiak ewicz ula"),
        ),
        "pt": Names(
            _words(
                "Beatriz João Inês Tiago Mariana Rui Sofia Duarte Rita Nuno Clara Vasco Joana Hélder Marta Gonçalo"
            ),
            _words("Monte Vale Fonte Ribeira Casal Pedra Campo Serra Porto Vila"),
            _words("nova alta branca verde seca mar grande real"),
        ),
    }
)
