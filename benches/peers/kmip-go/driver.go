// ovh/kmip-go beside kmip-client: the driver for `compare`. Build it with ./build.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
	"github.com/ovh/kmip-go/ttlv"
)

type answer = map[string]any

var (
	version          = "unknown"
	message, encoded []byte
	client           *kmipclient.Client
)

func timed(times string, operation func() (int, error)) (answer, error) {
	n, err := strconv.Atoi(times)
	count, start := 0, time.Now()
	for i := 0; i < n && err == nil; i++ {
		count, err = operation()
	}
	return answer{"ns": time.Since(start).Nanoseconds(), "count": count}, err
}

// decode returns the message as what encodes it again, and how many batch items it has.
func decode(bytes []byte) (any, int, error) {
	if len(bytes) > 2 && bytes[2] == 0x78 {
		request := new(kmip.RequestMessage)
		err := ttlv.UnmarshalTTLV(bytes, request)
		return request, len(request.BatchItem), err
	}
	response := new(kmip.ResponseMessage)
	err := ttlv.UnmarshalTTLV(bytes, response)
	return response, len(response.BatchItem), err
}

func items(value ttlv.Value) int {
	count := 1
	if fields, ok := value.Value.(ttlv.Struct); ok {
		for _, field := range fields {
			count += items(field)
		}
	}
	return count
}

func carryOut(command, rest string) (answer, error) {
	ok := answer{"ok": true}
	words := strings.SplitN(rest, " ", 3)
	switch command {
	case "hello":
		return answer{"protocol": 1, "name": "ovh/kmip-go", "version": version, "does": []string{"decode", "encode", "walk", "connect"}}, nil
	case "load":
		bytes, err := os.ReadFile(rest)
		message = bytes
		return ok, err
	case "decode":
		return timed(rest, func() (int, error) { _, count, err := decode(message); return count, err })
	case "walk":
		return timed(rest, func() (int, error) {
			var value ttlv.Value
			err := ttlv.UnmarshalTTLV(message, &value)
			return items(value), err
		})
	case "encode":
		typed, _, err := decode(message)
		if err != nil {
			return nil, err
		}
		return timed(rest, func() (int, error) { encoded = ttlv.MarshalTTLV(typed); return len(encoded), nil })
	case "save":
		return ok, os.WriteFile(rest, encoded, 0o600)
	case "judge":
		bytes, err := os.ReadFile(rest)
		if err != nil {
			return nil, err
		}
		if _, _, err := decode(bytes); err != nil {
			return answer{"accepted": false, "why": err.Error()}, nil
		}
		return answer{"accepted": true}, nil
	case "connect":
		folder := words[2]
		var err error
		client, err = kmipclient.Dial(words[0]+":"+words[1], kmipclient.WithRootCAFile(folder+"/ca.pem"), kmipclient.EnforceVersion(kmip.V1_4),
			kmipclient.WithClientCertFiles(folder+"/client.pem", folder+"/client.key"))
		return ok, err
	case "get":
		return timed(words[0], func() (int, error) {
			got, err := client.Get(words[1]).Exec()
			if err != nil {
				return 0, err
			}
			key, isKey := got.Object.(*kmip.SymmetricKey)
			if !isKey {
				return 0, errors.New("no symmetric key")
			}
			bytes, err := key.KeyMaterial()
			return len(bytes), err
		})
	}
	return nil, errors.New("unknown command")
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		command, rest, _ := strings.Cut(lines.Text(), " ")
		said, err := carryOut(command, rest)
		if err != nil {
			said = answer{"error": err.Error()}
		}
		line, _ := json.Marshal(said)
		fmt.Println(string(line))
	}
}
