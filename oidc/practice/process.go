package practice

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asProcess tells a test program that it is to be the provider.
const asProcess = "AIQYN_PRACTICE_PROVIDER"

// Main is called first by the TestMain of a test program that uses [Start]: in the
// process that Start has begun it serves the provider and does not return.
func Main() {
	claim := os.Getenv(asProcess)
	if claim == "" {
		return
	}
	if err := serve(claim); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(claim string) error {
	p, err := New(claim)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.Issuer = "http://" + l.Addr().String()
	fmt.Println(p.Issuer)
	return http.Serve(l, p)
}

// Start runs a provider as another process, with keys that only it has, until the
// test ends. It returns its issuer.
func Start(t testing.TB, claim string) (issuer string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asProcess+"="+claim)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the provider did not start: ", err)
	}
	return strings.TrimSpace(line)
}
