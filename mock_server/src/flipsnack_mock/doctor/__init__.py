"""The signature doctor: finds out why a signature is wrong by trying every known mistake, alone and in pairs."""

from flipsnack_mock.doctor.case import ANOTHER, OWN, Case
from flipsnack_mock.doctor.diagnosis import Cause, DiagnosedMistake, Diagnosis, Verdict, diagnose
from flipsnack_mock.doctor.mistakes import MISTAKES, Mistake

__all__ = [
    "ANOTHER",
    "Case",
    "Cause",
    "Diagnosis",
    "MISTAKES",
    "DiagnosedMistake",
    "Mistake",
    "OWN",
    "Verdict",
    "diagnose",
]
