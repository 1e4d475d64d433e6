"""The studies as LightningModules."""
