package main

import (
	"crypto/rand"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aiqyn"
	"aiqyn/ledger"
)

// Names of the files in a folder of keys.
const (
	logKeyFile      = "log.key"      // signs checkpoints
	dataKeyFile     = "data.key"     // wraps the keys of cases; without it the database cannot be read
	verifierKeyFile = "verifier.key" // public: what receipts are checked with
)

// logKeys are the keys of one log.
type logKeys struct {
	origin   string
	signer   *ledger.Signer
	verifier string // vkey
	data     [32]byte
}

// makeKeys makes the keys of a new log. It never replaces a file: a key that
// is lost takes with it what it opens.
func makeKeys(dir, origin string) (*logKeys, error) {
	var data [32]byte
	rand.Read(data[:])
	return makeNextKeys(dir, origin, data)
}

// makeNextKeys makes the keys of a log that goes on from another's data.
func makeNextKeys(dir, origin string, data [32]byte) (*logKeys, error) {
	skey, vkey, err := ledger.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-origin", "name", origin).Because(err)
	}
	return writeKeys(dir, skey, vkey, data)
}

func writeKeys(dir, skey, vkey string, data [32]byte) (*logKeys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{logKeyFile: skey, dataKeyFile: hex.EncodeToString(data[:]), verifierKeyFile: vkey} {
		mode := fs.FileMode(0o600)
		if name == verifierKeyFile {
			mode = 0o644
		}
		if err := writeNew(filepath.Join(dir, name), text+"\n", mode); err != nil {
			return nil, err
		}
	}
	return readKeys(dir)
}

// readKeys reads the keys of a log.
func readKeys(dir string) (*logKeys, error) {
	skey, err := readSecret(filepath.Join(dir, logKeyFile))
	if err != nil {
		return nil, err
	}
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		return nil, badKey(filepath.Join(dir, logKeyFile), err)
	}
	data, err := readDataKey(filepath.Join(dir, dataKeyFile))
	if err != nil {
		return nil, err
	}
	return &logKeys{origin: signer.Name(), signer: signer, verifier: signer.String(), data: data}, nil
}

// readDataKey reads the key that wraps the keys of cases.
func readDataKey(file string) (key [32]byte, err error) {
	text, err := readSecret(file)
	if err != nil {
		return key, err
	}
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != 32 {
		return key, badKey(file, err)
	}
	return [32]byte(data), nil
}

// readSecret reads one line that nobody else may read.
func readSecret(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", badKey(file, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", aiqyn.E(aiqyn.Invalid, "error.command-key-open", "file", file)
	}
	data, err := os.ReadFile(file)
	return strings.TrimSpace(string(data)), err
}

// writeNew writes a file that is not there yet.
func writeNew(file, text string, mode fs.FileMode) error {
	there, err := exists(file)
	if err != nil {
		return err
	}
	if there {
		return aiqyn.E(aiqyn.Conflict, "error.command-key-there", "file", file)
	}
	return writeDurably(file, []byte(text), mode)
}

func badKey(file string, err error) error {
	return aiqyn.E(aiqyn.Invalid, "error.command-key", "file", file).Because(err)
}

// readVerifierKey reads a public key of a log or a witness.
func readVerifierKey(file string) (*ledger.Key, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, badKey(file, err)
	}
	key, err := ledger.ParseKey(strings.TrimSpace(string(data)))
	if err != nil {
		return nil, badKey(file, err)
	}
	return key, nil
}

// readPolicy reads a policy of witnesses, "" for none.
func readPolicy(file string) (*ledger.Policy, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	return ledger.ParsePolicy(data)
}
