package notes;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Nobody gets in but through the gateway. It comes before everything that looks at the request. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class GatewayOnlyFilter extends OncePerRequestFilter {
    private final List<byte[]> secrets;

    GatewayOnlyFilter(@Value("${gateway.secrets}") List<String> secrets) {
        if (secrets.isEmpty() || secrets.stream().anyMatch(String::isBlank))
            throw new IllegalArgumentException("gateway.secrets is empty: without it anybody could write the gateway's headers.");
        this.secrets = secrets.stream().map(secret -> secret.getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader("X-Gateway-Secret");
        byte[] bytes = (given == null ? "" : given).getBytes(StandardCharsets.UTF_8);
        if (secrets.stream().noneMatch(secret -> MessageDigest.isEqual(secret, bytes))) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            response.setContentType("text/plain");
            response.getWriter().println("This application is reached through its gateway only.");
            return;
        }
        chain.doFilter(request, response);
    }
}
