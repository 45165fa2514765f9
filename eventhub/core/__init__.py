"""The ground floor: mechanisms every room uses, built once. Nothing here knows a city or a badge."""
