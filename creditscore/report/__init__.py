"""What people read: the dossier of a customer, in English and Chinese."""

from creditscore.report._dossier._customer_dossier import customer_dossier
from creditscore.report._dossier._dossier import Dossier
from creditscore.report._dossier._section import DossierSection

__all__ = ["Dossier", "DossierSection", "customer_dossier"]
