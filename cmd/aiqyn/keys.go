package main

import (
	"fmt"
	"path/filepath"
)

const keysUsage = `usage: aiqyn keys init --keys DIR --origin NAME
       aiqyn keys show --keys DIR

init makes the keys of a new log in DIR, which must not hold any:

  log.key       signs what the log says; whoever has it can speak for the log
  data.key      opens what people told the state; without it nobody can read the
                database, and when it is destroyed nobody ever will
  verifier.key  public: publish it where receipts can be checked with it

NAME is the log's name, as it appears in every receipt: log.example.kz/energy.
Keep copies of the two secret keys apart from backups of the database.

show prints the public key.
`

func keysCommand(c *call) error {
	dir := c.flags.String("keys", "", "`DIR` of the keys")
	origin := c.flags.String("origin", "", "`NAME` of the log")
	words, err := c.words(1, 1)
	if err != nil {
		return err
	}
	switch words[0] {
	case "init":
		if err := c.required("keys", "origin"); err != nil {
			return err
		}
		keys, err := makeKeys(*dir, *origin)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, keys.verifier)
		return nil
	case "show":
		if err := c.required("keys"); err != nil {
			return err
		}
		key, err := readVerifierKey(filepath.Join(*dir, verifierKeyFile))
		if err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, key)
		return nil
	}
	return c.error("error.command-word", "command", c.name, "word", words[0])
}
