package notes;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.Http403ForbiddenEntryPoint;
import org.springframework.security.web.authentication.preauth.AbstractPreAuthenticatedProcessingFilter;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationProvider;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedGrantedAuthoritiesWebAuthenticationDetails;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;

/** Who it is, by the gateway's headers, anew at every request: no session keeps a user or a role. CSRF protection stays on. */
@Configuration
class GatewaySecurity {
    @Bean
    SecurityFilterChain gateway(HttpSecurity http) throws Exception {
        var perRequest = new RequestAttributeSecurityContextRepository();
        var filter = new GatewayUserFilter();
        filter.setSecurityContextRepository(perRequest);
        return http
                .authorizeHttpRequests(rules -> rules
                        .requestMatchers("/", "/style.css").permitAll()
                        .requestMatchers("/admin/**").hasRole("admin")
                        .anyRequest().authenticated())
                .securityContext(context -> context.securityContextRepository(perRequest))
                .addFilter(filter)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(new Http403ForbiddenEntryPoint()))
                .logout(logout -> logout.disable())
                .requestCache(cache -> cache.disable())
                .build();
    }

    /** Keep {@code X-Forwarded-User}, the user's id, in a database: it never changes and is never given to somebody else. */
    static class GatewayUserFilter extends AbstractPreAuthenticatedProcessingFilter {
        GatewayUserFilter() {
            var provider = new PreAuthenticatedAuthenticationProvider();
            provider.setPreAuthenticatedUserDetailsService(token -> {
                var details = (PreAuthenticatedGrantedAuthoritiesWebAuthenticationDetails) token.getDetails();
                return new User(token.getName(), "", details.getGrantedAuthorities());
            });
            setAuthenticationManager(new ProviderManager(provider));
            setAuthenticationDetailsSource(request ->
                    new PreAuthenticatedGrantedAuthoritiesWebAuthenticationDetails(request, many(request, "X-Forwarded-Roles")
                            .map(role -> new SimpleGrantedAuthority("ROLE_" + role)).toList()));
        }

        @Override
        protected Object getPreAuthenticatedPrincipal(HttpServletRequest request) {
            return one(request, "X-Forwarded-User");
        }

        @Override
        protected Object getPreAuthenticatedCredentials(HttpServletRequest request) {
            return "";
        }
    }

    /** The gateway percent-encodes what is no printable ASCII. */
    static String one(HttpServletRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? null : decode(value);
    }

    /** Split first, decode then: a comma inside an item is encoded. */
    static Stream<String> many(HttpServletRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? Stream.of() : Stream.of(value.split(",")).map(GatewaySecurity::decode);
    }

    /** URLDecoder is made for forms: a plus sign has to be kept from it. */
    private static String decode(String value) {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
