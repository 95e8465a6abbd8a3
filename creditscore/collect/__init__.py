"""Facts about customers from four kinds of source, by four kinds of method → observations."""

from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import (
    METHODS,
    OBSERVATION_COLUMNS,
    SOURCE_KINDS,
    Method,
    SourceKind,
)
from creditscore.collect._observation._faults import first_faults, observation_faults
from creditscore.collect._observation._item import (
    CUSTOMER_KINDS,
    ITEM_GROUPS,
    ITEM_KINDS,
    SENSITIVITIES,
    CustomerKind,
    Item,
    ItemGroup,
    ItemKind,
    Sensitivity,
)
from creditscore.collect._observation._observations import (
    Observations,
    observation_table,
    observed_values,
    read_days,
    read_instants,
)

__all__ = [
    "CUSTOMER_KINDS",
    "ITEM_GROUPS",
    "ITEM_KINDS",
    "METHODS",
    "OBSERVATION_COLUMNS",
    "SENSITIVITIES",
    "SOURCE_KINDS",
    "CustomerKind",
    "Item",
    "ItemCatalogue",
    "ItemGroup",
    "ItemKind",
    "Method",
    "Observations",
    "Sensitivity",
    "SourceKind",
    "first_faults",
    "observation_faults",
    "observation_table",
    "observed_values",
    "read_days",
    "read_instants",
]
