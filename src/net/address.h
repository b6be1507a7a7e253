// Addresses of other machines, and lists of networks that a setting names.
//
// An IPv4 address is kept as the IPv6 address that stands for it (RFC 4291, 2.5.5.2), so that 192.0.2.1 and
// ::ffff:192.0.2.1 are one and the same wherever they come from.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"

enum {
        ADDRESS_TEXT_SIZE = 46,  // the longest IPv6 address and its NUL
        ADDRESS_LIST_MAX = 1024, // networks in one setting: a provider's whole list, several times
};

struct address {
        uint8_t bytes[16];
};

// False for a family that is neither IPv4 nor IPv6.
bool address_from_socket(const struct sockaddr *from, struct address *ret);
// "192.0.2.1" or "2001:db8::1", n bytes of it, and nothing else: 0 or -EINVAL.
int address_parse(const char *text, size_t n, struct address *ret);
bool address_is_loopback(const struct address *a); // 127.0.0.0/8 or ::1
// What one party can have many addresses of without effort: of IPv6 the whole /64.
struct address address_site(const struct address *a);
void address_text(const struct address *a, char out[ADDRESS_TEXT_SIZE]);

struct address_list;

// Addresses and networks ("192.0.2.0/24", "2001:db8::/32") with commas or white space between them. The empty list is
// NULL. -EINVAL with ERROR_SETTING_INVALID naming what is wrong, -ENOMEM.
_warn_unused_ int address_list_parse(const char *setting, const char *text, struct address_list **ret, struct error *e);
struct address_list *address_list_free(struct address_list *l);
DEFINE_CLEANUP(struct address_list, address_list_free);

// NULL has none.
bool address_list_has(const struct address_list *l, const struct address *a);
