"""Whatever goes wrong around a create: nothing is made twice, lost, linked wrongly or hidden."""
