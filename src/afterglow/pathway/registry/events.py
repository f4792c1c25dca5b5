"""What the registry writes to the audit trail."""

figures_read = "registry.figures_read"
figures_taken = "registry.figures_taken"
fidelity_read = "registry.fidelity_read"
rehearsal_read = "registry.rehearsal_read"
beside_read = "registry.beside_read"
same_day_read = "registry.same_day_read"
library_read = "registry.library_read"
