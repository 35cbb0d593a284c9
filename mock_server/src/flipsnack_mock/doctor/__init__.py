"""The signature doctor: finds out why a signature is wrong by trying every known mistake, alone and in pairs."""
