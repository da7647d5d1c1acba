// Nothing to call: see LockOrder.c.
