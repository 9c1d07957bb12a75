package main

const (
	serveUsage     = ""
	auditUsage     = ""
	lintUsage      = ""
	keysUsage      = ""
	migrateUsage   = ""
	backupUsage    = ""
	restoreUsage   = ""
)

func serveCommand(c *call) error     { return nil }
func auditCommand(c *call) error     { return nil }
func lintCommand(c *call) error      { return nil }
func keysCommand(c *call) error      { return nil }
func migrateCommand(c *call) error   { return nil }
func backupCommand(c *call) error    { return nil }
func restoreCommand(c *call) error   { return nil }
