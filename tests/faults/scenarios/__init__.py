"""One module per fault: `run(built, folder, quick) -> Finding`; its first line says what it is."""
