"""The WhatsApp engine and all its traps. What imports the library itself stands in `binding`."""
