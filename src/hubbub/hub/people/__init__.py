"""Being somebody: admission, devices, accounts, invitations, bots, private talk."""
